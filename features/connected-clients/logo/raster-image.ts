/** The format of a raster image, from its bytes. */
export type RasterImage = {
  mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  /** Pixels. */
  width: number;
  height: number;
};

/**
 * Recognises PNG, JPEG, GIF and WebP from their bytes, with their size. Not SVG, which is a document that can have
 * scripts and links.
 *
 * @returns undefined for other formats and when the image is truncated before its size
 */
export function rasterImage(bytes: Uint8Array): RasterImage | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return png(view) ?? gif(view) ?? webp(view) ?? jpeg(view);
  } catch (error) {
    // Reading past the end: the image is truncated.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const ascii = (view: DataView, offset: number, length: number) =>
  String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + offset, length));

function png(view: DataView): RasterImage | undefined {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined;
  return { mediaType: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): RasterImage | undefined {
  if (!/^GIF8[79]a$/.test(ascii(view, 0, 6))) return undefined;
  return { mediaType: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function webp(view: DataView): RasterImage | undefined {
  if (ascii(view, 0, 4) !== 'RIFF' || ascii(view, 8, 4) !== 'WEBP') return undefined;
  const of = (width: number, height: number): RasterImage => ({ mediaType: 'image/webp', width, height });
  const format = ascii(view, 12, 4);
  if (format === 'VP8 ') return of(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  if (format === 'VP8L') {
    const bits = view.getUint32(21, true);
    return of((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  const uint24 = (offset: number) => view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
  return format === 'VP8X' ? of(uint24(24) + 1, uint24(27) + 1) : undefined;
}

function jpeg(view: DataView): RasterImage | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let offset = 2; ; ) {
    if (view.getUint8(offset) !== 0xff) return undefined;
    const marker = view.getUint8(offset + 1);
    const startOfFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (startOfFrame)
      return {
        mediaType: 'image/jpeg',
        width: view.getUint16(offset + 7),
        height: view.getUint16(offset + 5),
      };
    offset += 2 + view.getUint16(offset + 2);
  }
}
