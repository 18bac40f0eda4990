const { Session } = require('node:inspector');
const { takeCoverage } = require('node:v8');

/**
 * Long tests (`*.long.test.ts`) come last, so that no short one waits for them, and are not counted in the coverage: while it is
 * counted V8 optimizes nothing, and they would take half as long again to run what short ones run, too.
 */
exports.mochaHooks = {
  beforeAll() {
    // In a worker this comes before each file.
    const isLong = this.test.parent.suites.some(({ file }) => file?.endsWith('.long.test.ts'));
    if (!isLong || !process.env.NODE_V8_COVERAGE) return;
    takeCoverage();
    stopCounting();
    // Nor in the processes that it starts.
    process.env.NODE_V8_COVERAGE = '';
  },
};

/** Unlike node:v8's stopCoverage, after which Node complains when the process ends that there is none. */
function stopCounting() {
  const session = new Session();
  session.connect();
  for (const step of ['enable', 'startPreciseCoverage', 'stopPreciseCoverage']) session.post(`Profiler.${step}`);
  session.disconnect();
}
