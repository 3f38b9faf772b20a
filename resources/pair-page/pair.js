/** Sends the code; the answer brings a cookie that this script cannot read, and needs not to. */
const form = document.getElementById('pair');
const code = document.getElementById('code');
const outcome = document.getElementById('outcome');
const next = document.getElementById('next');

/** What the list of keys calls this device: enough to tell a phone from a laptop. */
function deviceName() {
  const system = /Android|iPhone|iPad|Windows|Macintosh|CrOS|Linux/.exec(navigator.userAgent)?.[0];
  return system ?? 'device';
}

async function pair() {
  outcome.textContent = 'Asking…';
  try {
    const answer = await fetch('/kiln/v1/pair', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: code.value, name: deviceName() }),
    });
    const body = await answer.json();
    if (!answer.ok) {
      outcome.textContent = body.message;
      code.focus();
      return;
    }
    outcome.textContent = `This device is let in until ${new Date(body.expiresAt).toLocaleString()}.`;
    form.hidden = true;
    const configurator = await fetch('/configurator/', { method: 'HEAD' });
    next.hidden = !configurator.ok;
  } catch {
    outcome.textContent =
      'Kiln did not answer. Look whether this device is on the same network, and try again.';
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void pair();
});

// The address that kiln pair prints ends with the code, which servers and other pages never see.
const given = location.hash.slice(1);
if (given !== '') {
  history.replaceState(null, '', location.pathname);
  code.value = given;
  void pair();
}
