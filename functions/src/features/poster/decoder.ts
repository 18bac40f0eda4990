/** The part that is used of FFmpeg's decoders, as the package exposes them. */
export interface Codecs {
  VideoDecoderNative: new (onFrame: (frame: DecodedFrame) => void, onError: (message: string) => void) => VideoDecoder;
}

export interface VideoDecoder {
  /** `extradata`: the track's AVCDecoderConfigurationRecord. */
  configure(config: { codec: 'h264'; width: number; height: number; extradata: Buffer }): void;
  decode(chunk: Buffer, isKeyframe: boolean, timestampMicros: number, durationMicros: number): void;
  flush(done: (error: Error | null) => void): void;
  close(): void;
}

/** Holds native memory until it is closed. */
export interface DecodedFrame {
  width: number;
  height: number;
  scale(width: number, height: number): DecodedFrame;
  copyTo(destination: Buffer, options: { format: 'RGBA' }): void;
  close(): void;
}

/** The decoders, loaded when first used. Rejects where the package, which is optional, has no binary for the machine. */
export async function codecs(): Promise<Codecs> {
  return (await import('@node-webcodecs/static-linux-x64')).default;
}
