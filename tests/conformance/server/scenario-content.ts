/** The smallest PNG: one red pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';

const WAV_HEADER_BYTES = 44;

/** A WAV file (RIFF, PCM, mono, 8 kHz, 8 bit) that holds no samples, in base64. */
function silence(): string {
  const file = Buffer.alloc(WAV_HEADER_BYTES);
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(WAV_HEADER_BYTES - 8, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(8000, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write('data', 36, 'ascii');
  return file.toString('base64');
}

export const SILENCE = silence();

export const text = (value: string) => ({ type: 'text' as const, text: value });
export const image = () => ({ type: 'image' as const, data: PIXEL, mimeType: 'image/png' });
export const embedded = (uri: string, mimeType: string, value: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType, text: value },
});
