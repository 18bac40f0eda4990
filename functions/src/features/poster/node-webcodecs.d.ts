declare module '@node-webcodecs/static-linux-x64' {
  const codecs: import('./decoder.ts').Codecs;
  export default codecs;
}
