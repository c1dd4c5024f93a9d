import { extract as createExtract, type Header } from '../../vendor/tar-stream/index.js';
import { pluginError } from '../errors/plugin-error.ts';
import { corrupt, tooLarge } from './archive-error.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { checkEntryPath, checkSystemPath } from './entry-path.ts';
import type { EntryWriter } from './entry-writer.ts';
import { checkLinkTarget } from './link-target.ts';
import { TarGuard } from './tar-guard.ts';

export interface ExtractResult {
  /** Bytes of all files' contents. */
  readonly unpackedBytes: number;
  /** Files, folders and links. */
  readonly entryCount: number;
}

export interface TarExtraction {
  /** What the bytes of the tar archive have to go through, in this order. */
  readonly streams: readonly [NodeJS.ReadWriteStream, NodeJS.WritableStream];
  /**
   * To be called when the streams have ended.
   * @throws LarderError `LARDER_ARCHIVE_CORRUPT`
   */
  end(): ExtractResult;
}

/** What tar-stream's reader gives but its types do not tell. */
interface DecodedHeader extends Omit<Header, 'type' | 'linkname'> {
  readonly type: Header['type'] | null;
  readonly linkname: string | null;
  /** Where in the archive the entry's content begins. */
  readonly byteOffset: number;
}

const streamBufferBytes = 256 * 1024;

/** Checks every entry of a tar archive and hands it to the writer, within constant memory. */
export function createTarExtraction(writer: EntryWriter, limits: ArchiveLimits): TarExtraction {
  let unpackedBytes = 0;
  let entryCount = 0;
  const guard = new TarGuard(limits.maxTarBytes, streamBufferBytes);
  const extract = createExtract();

  /** What is thrown in a listener has to end the stream. */
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      extract.destroy(error as Error);
    }
  };
  extract.on('entry', (header, body, next) => {
    body.on('error', ignore);
    body.on('data', (chunk) => {
      attempt(() => {
        writer.write(chunk as Buffer);
      });
    });
    body.on('end', () => {
      attempt(() => {
        writer.endFile();
        next();
      });
    });
    attempt(() => {
      entryCount += 1;
      if (entryCount > limits.maxEntries) throw tooLarge(`more than ${limits.maxEntries} entries`);
      const decoded = header as DecodedHeader;
      guard.noteEntry({
        bodyOffset: decoded.byteOffset,
        bodyBytes: decoded.size,
        hasExtendedHeader: decoded.pax !== null,
      });
      beginEntry(decoded, writer, limits);
      unpackedBytes += decoded.size;
    });
  });

  return {
    streams: [guard, extract],
    end: () => {
      guard.checkEnd();
      return { unpackedBytes, entryCount };
    },
  };
}

function ignore(): void {
  // An entry fails together with the whole extraction, and that is where the error is looked at.
}

function beginEntry(
  { name, type, size, mode, linkname }: DecodedHeader,
  writer: EntryWriter,
  limits: ArchiveLimits,
): void {
  const path = type === 'directory' && name.endsWith('/') ? name.slice(0, -1) : name;
  checkEntryPath(path, limits);
  checkSystemPath(path, process.platform);
  if (type !== 'file' && size !== 0) {
    throw corrupt(`${JSON.stringify(path)} has content, which only files may have`);
  }
  switch (type) {
    case 'file':
      writer.beginFile(path, mode);
      break;
    case 'directory':
      writer.addFolder(path, mode);
      break;
    case 'symlink':
      checkLinkTarget(path, linkname ?? '');
      writer.addLink(path, linkname ?? '');
      break;
    default:
      throw pluginError(
        'LARDER_ARCHIVE_UNSUPPORTED_TYPE',
        `The archive holds ${JSON.stringify(path)}, which is neither a file, a folder nor a symbolic link`,
        { hint: 'Set LARDER_SIGNATURE_KEY if anyone but Larder can write to the cache server.' },
      );
  }
}
