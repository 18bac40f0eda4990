// Plain JavaScript on purpose: it must also run, and speak clearly, on a Node that cannot read TypeScript.
const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < wanted) {
  console.error(
    `Dailies needs Node ${wanted} and this is ${process.version}: run "npm install" first (it brings Node ${wanted} with it) and start everything with "npm run …", not with "node …" directly.`,
  );
  process.exit(1);
}
