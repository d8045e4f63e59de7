// Prints, for each PDF named, its pages' text items as the viewer's text layer gets them.
// A word's place is in points of the page as shown, from the top left: left, base line, width.
import { readFileSync } from "node:fs";

// pdf.js asks for these when it is loaded, but only drawing uses them.
globalThis.DOMMatrix ??= class {};
globalThis.ImageData ??= class {};
globalThis.Path2D ??= class {};
const { getDocument, Util } = await import("pdfjs-dist/legacy/build/pdf.mjs");

const files = [];
for (const path of process.argv.slice(2)) {
  const data = new Uint8Array(readFileSync(path));
  const file = await getDocument({ data, verbosity: 0 }).promise;
  const pages = [];
  for (let number = 1; number <= file.numPages; number += 1) {
    const page = await file.getPage(number);
    const { transform } = page.getViewport({ scale: 1 });
    const { items } = await page.getTextContent();
    pages.push(
      items.map(({ str, hasEOL, transform: own, width }) => {
        const place = Util.transform(transform, own);
        return { text: str, ends_line: hasEOL, left: place[4], base: place[5], width };
      }),
    );
  }
  files.push(pages);
  await file.destroy();
}
process.stdout.write(JSON.stringify(files));
