// The words over the page, and the place of a field. Boxes are pixels of the upright page.
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const ruler = document.createElement("canvas").getContext("2d");
  const FONT = '"Liberation Serif", "Times New Roman", serif';

  // Every length is a share of the sheet, so nothing is done again when the window changes.
  const place = (sheet) => {
    const width = Number(sheet.dataset.width);
    const height = Number(sheet.dataset.height);
    const words = sheet.querySelector(".words");
    for (const span of words.querySelectorAll("span")) {
      const [x0, y0, x1, y1] = span.dataset.at.split(" ").map(Number);
      const size = Math.max(4, y1 - y0);
      ruler.font = `${size}px ${FONT}`;
      const drawn = ruler.measureText(span.textContent.trimEnd()).width || 1;
      span.style.left = `${(100 * x0) / width}%`;
      span.style.top = `${(100 * y0) / height}%`;
      span.style.fontSize = `${(100 * size) / width}cqw`;
      span.style.transform = `scaleX(${(x1 - x0) / drawn})`;
    }
    words.classList.add("placed");
  };
  document.querySelectorAll(".sheet").forEach(place);

  const light = (name, on) => {
    for (const mark of document.querySelectorAll("rect.at")) {
      if (mark.dataset.field === name) mark.classList.toggle("lit", on);
    }
  };
  // The pages scroll beside the fields on a wide screen only; a narrow one is left where it is.
  const pages = document.querySelector(".pages");
  const bring = (mark) => {
    if (!mark || getComputedStyle(pages).overflowY !== "auto") return;
    const at = mark.getBoundingClientRect();
    const pane = pages.getBoundingClientRect();
    if (at.top < pane.top || at.bottom > Math.min(pane.bottom, window.innerHeight)) {
      pages.scrollTop += at.top - pane.top - pages.clientHeight / 3;
    }
  };
  const show = (name) => {
    bring([...document.querySelectorAll("rect.at")].find((one) => one.dataset.field === name));
  };
  for (const field of document.querySelectorAll(".field[data-field]")) {
    const name = field.dataset.field;
    field.addEventListener("mouseenter", () => light(name, true));
    field.addEventListener("mouseleave", () => {
      if (!field.contains(document.activeElement)) light(name, false);
    });
    field.addEventListener("focusin", () => { light(name, true); show(name); });
    field.addEventListener("focusout", () => light(name, false));
  }
  const leaf = document.querySelector(location.hash.startsWith("#trang-") ? location.hash : ".page");
  bring((leaf || document).querySelector("rect.found"));
})();
