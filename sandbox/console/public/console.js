// Fetches the live part of the page every two seconds, and switches the acting person on change. Works without it, too.
const everyMs = 2_000;
const region = document.querySelector('[data-refresh]');
const freshness = document.querySelector('[data-freshness]');

async function fetchLive() {
  const response = await fetch(`${region.dataset.refresh}?live=1`, {
    signal: window.AbortSignal.timeout(10_000),
    headers: { accept: 'text/html' },
  });
  if (!response.ok) throw new Error(`the console answered ${response.status}`);
  return response.text();
}

let shown = '';

function show(markup) {
  // a press that began on the old button must end on it
  if (markup === shown || region.matches(':active')) return;
  const focused = region.contains(document.activeElement) ? document.activeElement.id : '';
  region.innerHTML = markup;
  shown = markup;
  if (focused) document.getElementById(focused)?.focus();
  followModal();
}

// A dialog stands outside the live part, so that what is typed stays; when another is open, the page loads anew.
function followModal() {
  const open = region.querySelector('[data-open-modal]')?.dataset.openModal ?? '';
  const here = document.querySelector('[data-modal]')?.dataset.modal ?? '';
  if (open !== here) window.location.assign(region.dataset.refresh);
}

async function refresh() {
  try {
    if (!document.hidden) {
      show(await fetchLive());
      freshness.textContent = '';
    }
  } catch (error) {
    freshness.textContent = `This page is not fresh: ${error.message}. Trying again.`;
  }
  setTimeout(refresh, everyMs);
}

document.querySelector('[data-modal] :is(textarea, select, input:not([type=hidden]))')?.focus();

if (region) setTimeout(refresh, everyMs);

for (const select of document.querySelectorAll('[data-submit-on-change]'))
  select.addEventListener('change', () => select.form.requestSubmit());
