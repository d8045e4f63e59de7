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
  const first = unsure[0] || confirm;
  first.focus({ preventScroll: true });
})();
