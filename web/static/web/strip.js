// The strip: says what saving would do, steps between cuts by arrow keys, warns of what is unsaved.
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const form = document.getElementById("strip");
  const outcome = document.getElementById("outcome");
  const save = document.getElementById("save");
  const items = [...form.querySelectorAll(".strip > li")];
  const boxes = [...form.querySelectorAll(".cut-box")];
  const stands = [...form.querySelectorAll(".holder")].map((one) => `${one.dataset.first}-${one.dataset.last}`);
  let sending = false;

  // The same reading of the boxes as the server's: after a page left out a document begins by itself.
  const ranges = () => {
    const found = [];
    let open = false;
    items.forEach((item, index) => {
      const left = item.querySelector(".out");
      const cut = item.querySelector("[name=cat]");
      const isIn = !(left && left.checked);
      const begins = !open || (cut && (cut.type === "hidden" || cut.checked));
      if (isIn && begins) found.push([index + 1, index + 1]);
      else if (isIn) found[found.length - 1][1] = index + 1;
      open = isIn;
    });
    return found.map((pages) => pages.join("-"));
  };
  const tell = () => {
    const wanted = ranges();
    const kept = wanted.filter((pages) => stands.includes(pages)).length;
    const changed = kept !== wanted.length || wanted.length !== stands.length;
    const made = wanted.length - kept;
    outcome.textContent = !wanted.length
      ? "Phải còn ít nhất một giấy tờ."
      : changed
        ? `${wanted.length} giấy tờ: lập lại ${made}, giữ nguyên ${kept}.`
        : "Chưa đổi gì.";
    for (const one of form.querySelectorAll(".holder")) {
      one.classList.toggle("changed", !wanted.includes(`${one.dataset.first}-${one.dataset.last}`));
    }
    save.disabled = !wanted.length;
    return changed;
  };
  form.addEventListener("change", tell);
  form.addEventListener("submit", () => { sending = true; });
  document.getElementById("drop").addEventListener("click", () => { sending = true; });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = boxes.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = boxes[at + step];
    if (next) next.focus();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && tell()) event.preventDefault();
  });
  tell();
})();
