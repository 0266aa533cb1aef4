/**
 * What lets an open page follow its file. From disk a page can neither read its file nor ask when it was changed, but it can
 * load it into a frame: the page in there tells its version and stops loading. Only when that is another one, or when
 * nothing answers because the last page has no such script, the open page loads itself anew, and looks as it did: the
 * same parts are open, and what was at the top of the window is there again.
 */
import { Html } from './html.ts';

/** Milliseconds between two looks. */
const interval = 3000;

export const refresh = (version: string): Html =>
  new Html(`<script>
(() => {
  const version = ${JSON.stringify(version)};
  if (location.search === '?version') {
    parent.postMessage(version, '*');
    return stop();
  }
  const places = 'main [id]:not(svg *)';
  const loadAnew = () => {
    const above = [...document.querySelectorAll(places)].filter(
      (place) => place.getClientRects().length > 0 && place.getBoundingClientRect().top <= 1,
    );
    const top = above.at(-1);
    history.scrollRestoration = 'manual';
    history.replaceState({
      open: [...document.querySelectorAll('details')].map(({ id, open }) => ({ id, open })),
      top: top ? { id: top.id, y: top.getBoundingClientRect().top } : null,
      y: scrollY,
      focus: document.activeElement.id,
    }, '');
    location.reload();
  };
  addEventListener('DOMContentLoaded', () => {
    if (history.state === null) return;
    const { open, top, y, focus } = history.state;
    for (const part of open) {
      const details = document.getElementById(part.id);
      if (details) details.open = part.open;
    }
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    const place = top && document.getElementById(top.id);
    scrollTo(0, place ? scrollY + place.getBoundingClientRect().top - top.y : y);
  });
  let frame = null;
  addEventListener('message', ({ source, data }) => {
    if (!frame || source !== frame.contentWindow) return;
    frame.remove();
    if (data !== version) loadAnew();
  });
  setInterval(() => {
    if (document.hidden) return;
    frame?.remove();
    frame = document.createElement('iframe');
    frame.hidden = true;
    frame.src = location.pathname + '?version';
    const asked = frame;
    frame.onload = () => setTimeout(() => asked.isConnected && loadAnew(), 500);
    document.body.append(frame);
  }, ${interval});
})();
</script>`);
