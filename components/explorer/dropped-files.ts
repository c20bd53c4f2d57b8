/** The files of a drop, folders walked through, each with its path below what was dropped. */
export interface DroppedFile {
  readonly name: string;
  readonly data: Blob;
}

export async function collectDroppedFiles(transfer: DataTransfer): Promise<readonly DroppedFile[]> {
  // The entries must be taken before the first await: the browser empties the transfer after the event.
  const dropped = [...transfer.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const files: DroppedFile[] = [];
  for (const item of dropped) {
    if (item instanceof File) files.push({ name: item.name, data: item });
    else if (item !== null) await walk(item, "", files);
  }
  return files;
}

async function walk(entry: FileSystemEntry, folder: string, files: DroppedFile[]): Promise<void> {
  const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
  if (entry.isFile) {
    const file = entry as FileSystemFileEntry;
    files.push({ name, data: await new Promise<File>((resolve, reject) => file.file(resolve, reject)) });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const children = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (children.length === 0) return; // A reader gives at most 100 at a time, and nothing at the end.
    for (const child of children) await walk(child, name, files);
  }
}
