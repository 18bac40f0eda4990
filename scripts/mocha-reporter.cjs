const { reporters } = require('mocha');

/** The usual report, with one last line that a script can read: `N passed, N failed`. */
module.exports = class Report extends reporters.Spec {
  epilogue() {
    super.epilogue();
    console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`);
  }
};
