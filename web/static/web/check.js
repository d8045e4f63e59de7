// The check form by keyboard: Enter accepts an unsure field and goes to the next, Ctrl+Enter confirms.
"use strict";
(() => {
  const form = document.getElementById("check");
  const unsure = [...form.querySelectorAll("[data-unsure]")];
  const confirm = document.getElementById("confirm");

  const pass = (input) => {
    const field = input.closest(".field");
    if (!field.classList.contains("unsure")) return;
    field.classList.replace("unsure", "passed");
    if (!field.dataset.field) return;
    const seen = document.createElement("input");
    seen.type = "hidden";
    seen.name = "looked_at";
    seen.value = field.dataset.field;
    form.append(seen);
  };
  const next = (input) => {
    const after = unsure.filter((one) => input.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    const open = (one) => one.closest(".field").classList.contains("unsure");
    const target = after.find(open) || unsure.find(open) || confirm;
    target.focus();
    if (target.select) target.select();
  };
  // Alt with a digit takes that other reading of the field and goes on.
  form.addEventListener("keydown", (event) => {
    const digit = event.altKey && /^Digit([1-9])$/.exec(event.code);
    const field = digit && event.target.closest(".field");
    const button = field && field.querySelectorAll("button[data-for]")[digit[1] - 1];
    if (!button) return;
    event.preventDefault();
    const input = document.getElementById(button.dataset.for);
    input.value = button.textContent;
    pass(input);
    next(input);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(confirm);
    } else if (event.target.matches("input, select, textarea") && !event.shiftKey) {
      event.preventDefault();
      pass(event.target);
      next(event.target);
    }
  });
  for (const button of form.querySelectorAll("button[data-for]")) {
    button.addEventListener("click", () => {
      const input = document.getElementById(button.dataset.for);
      input.value = button.textContent;
      input.focus();
    });
  }
  // What a pen wrote is cut out of the page and shown large beside its field.
  const ROOM = 0.6;
  const WIDEST = 640;
  const enlarge = (canvas, mark, image) => {
    const scale = image.naturalWidth / mark.ownerSVGElement.viewBox.baseVal.width;
    const of = (name) => Number(mark.getAttribute(name)) * scale;
    const room = ROOM * of("height");
    const [wide, tall] = [of("width") + room, of("height") + 2 * room];
    const grown = Math.min(3, WIDEST / wide);
    canvas.width = wide * grown;
    canvas.height = tall * grown;
    canvas.getContext("2d").drawImage(
      image, of("x") - room / 2, of("y") - room, wide, tall, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
  };
  for (const canvas of form.querySelectorAll("canvas[data-crop]")) {
    const mark = [...document.querySelectorAll("rect.at")].find((one) => one.dataset.field === canvas.dataset.crop);
    const image = mark && mark.closest(".sheet").querySelector("img");
    if (!image) continue;
    if (image.complete && image.naturalWidth) enlarge(canvas, mark, image);
    else image.addEventListener("load", () => enlarge(canvas, mark, image), { once: true });
  }
  const first = unsure[0] || confirm;
  first.focus({ preventScroll: true });
})();
