// Files go to the server one at a time, each with its progress and its receipt.
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const form = document.getElementById("upload");
  const input = document.getElementById("files");
  const drop = document.getElementById("drop");
  const list = document.getElementById("uploads");
  const send = document.getElementById("send");
  const problem = document.getElementById("problem");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const FAILED = "Đường truyền bị ngắt. Hãy kiểm tra mạng rồi gửi lại tệp này.";
  const ENDED = "Phiên làm việc đã hết. Hãy tải lại trang, đăng nhập rồi gửi lại.";
  const waiting = [];
  let batch = form.dataset.batch || "";
  let busy = false;

  const size = (bytes) =>
    bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`;
  const part = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };
  const say = (text) => {
    problem.textContent = text;
    problem.hidden = !text;
  };

  class Upload {
    constructor(file) {
      this.file = file;
      this.state = "waiting";
      this.row = document.createElement("li");
      this.tag = part("span", "tag", "chờ gửi");
      this.why = part("span", "why", "");
      this.row.append(part("span", "file", file.name), part("span", "faint", size(file.size)), this.tag, this.why);
      list.append(this.row);
    }

    show(word, tone, why) {
      this.tag.textContent = word;
      this.tag.className = `tag ${tone}`;
      this.why.textContent = why;
    }

    fail(message, mayTryAgain) {
      this.state = "failed";
      this.show("chưa nhận", "bad", message);
      if (!mayTryAgain) return;
      const again = part("button", "small", "Gửi lại");
      again.type = "button";
      again.addEventListener("click", () => {
        again.remove();
        this.state = "waiting";
        this.show("chờ gửi", "", "");
        sendAll();
      });
      this.row.append(again);
    }

    send() {
      return new Promise((done) => {
        const bar = document.createElement("progress");
        bar.max = 1;
        this.row.append(bar);
        this.show("đang gửi", "", "");
        const request = new XMLHttpRequest();
        request.open("POST", `${batch}tep/`);
        request.setRequestHeader("X-CSRFToken", token);
        request.setRequestHeader("Accept", "application/json");
        request.responseType = "json";
        request.upload.onprogress = (event) => { bar.value = event.loaded / Math.max(1, event.total); };
        request.onloadend = () => {
          bar.remove();
          this.take(request);
          done();
        };
        const body = new FormData();
        body.append("file", this.file);
        request.send(body);
      });
    }

    take(request) {
      const said = request.response;
      if (request.status === 201 && said.taken) {
        this.state = "done";
        this.show(said.state, said.tone, [said.sha256 && `SHA-256 ${said.sha256.slice(0, 12)}…`, said.message].filter(Boolean).join(" · "));
      } else if (request.status === 201) {
        this.fail(said.message, false);
      } else {
        const ended = request.responseURL.includes("/dang-nhap/");
        this.fail(ended ? ENDED : (said && said.message) || FAILED, true);
      }
    }
  }

  const open = async () => {
    const body = new FormData(form);
    body.delete("files");
    const answer = await fetch(form.dataset.open, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.redirected) throw new Error(ENDED);
    const said = await answer.json();
    if (!answer.ok) throw new Error(Object.values(said.errors || {}).flat().join(" "));
    batch = said.url;
    form.querySelectorAll("fieldset").forEach((set) => { set.disabled = true; });
  };
  const close = async () => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token);
    await fetch(`${batch}dong/`, { method: "POST", body });
    window.location.assign(batch);
  };
  const sendAll = async () => {
    if (busy) return;
    busy = true;
    send.disabled = true;
    say("");
    try {
      if (!batch) await open();
      for (let one; (one = waiting.find((upload) => upload.state === "waiting")); ) await one.send();
      await settle();
    } catch (error) {
      say(error instanceof TypeError ? FAILED : error.message || FAILED);
    } finally {
      busy = false;
      send.disabled = false;
    }
  };
  const settle = async () => {
    if (waiting.length && waiting.every((upload) => upload.state === "done")) {
      await close();
      return;
    }
    say("Có tệp chưa nhận được. Hãy gửi lại tệp đó, hoặc đóng lô nếu đã đủ.");
    if (document.getElementById("close")) return;
    const button = part("button", "", "Đã đủ tệp, đóng lô");
    button.id = "close";
    button.type = "button";
    button.addEventListener("click", close);
    send.after(button);
  };
  const add = (files) => {
    for (const file of files) waiting.push(new Upload(file));
    input.required = false;
    if (batch) sendAll();
  };

  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  }
  drop.addEventListener("drop", (event) => add([...event.dataTransfer.files].filter((file) => file.size || file.type)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!waiting.length) say("Chưa có tệp nào. Hãy kéo thả hoặc chọn tệp.");
    else sendAll();
  });
})();
