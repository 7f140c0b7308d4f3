// Passkeys: asks the portal what to sign, lets the browser do it, and says what came of it.
// Everything else on these pages works without a script.
"use strict";

const send = async (address, said) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(said),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const perform = async (place, makes) => {
  const said = {
    form_token: place.dataset.formToken,
    token: place.dataset.token,
    locale: document.documentElement.lang,
  };
  const options = await send(`${place.dataset.passkey}/options`, said);
  const kind = PublicKeyCredential;
  const found = makes
    ? await navigator.credentials.create({ publicKey: kind.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: kind.parseRequestOptionsFromJSON(options) });
  const answer = JSON.stringify(found.toJSON());
  const done = await send(`${place.dataset.passkey}/done`, { ...said, answer });
  location.assign(done.next);
};

for (const place of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  const [button, lacking, failed] = ["button", ".lacking", ".failed"].map((one) =>
    place.querySelector(one),
  );
  button.hidden = false;
  lacking.hidden = true;
  button.addEventListener("click", async () => {
    failed.hidden = true;
    button.disabled = true;
    try {
      await perform(place, place.dataset.passkey !== "/passkeys/sign-in");
    } catch {
      failed.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
