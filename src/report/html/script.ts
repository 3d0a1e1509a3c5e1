/**
 * What runs in the page, after the static charts are already there: each chart that comes into view is drawn again by
 * the inline Vega, with tooltips, a legend that answers to clicks, and the width at hand. If anything fails the static
 * chart stays.
 */
export const SCRIPT = `
(function () {
  'use strict';
  if (!window.vega || !window.IntersectionObserver) return;
  var specs = JSON.parse(document.getElementById('charts').textContent);
  var tip = document.getElementById('tooltip');
  var refuse = function () { return Promise.reject(new Error('charts load nothing')); };
  var loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

  function tooltip(handler, event, item, value) {
    if (value === null || value === undefined || value === '') { tip.hidden = true; return; }
    var lines = typeof value === 'object'
      ? Object.keys(value).map(function (key) { return key + ': ' + value[key]; })
      : [String(value)];
    tip.textContent = lines.join('\\n');
    tip.hidden = false;
    var box = tip.getBoundingClientRect();
    var x = Math.min(event.clientX + 14, window.innerWidth - box.width - 8);
    var y = event.clientY + 16 + box.height > window.innerHeight ? event.clientY - box.height - 10 : event.clientY + 16;
    tip.style.left = Math.max(x, 4) + 'px';
    tip.style.top = Math.max(y, 4) + 'px';
  }

  function bringToLife(canvas) {
    var live = document.createElement('div');
    live.className = 'live';
    live.hidden = true;
    canvas.appendChild(live);
    var view = new vega.View(vega.parse(specs[canvas.id]), {
      renderer: 'svg', container: live, hover: true, loader: loader, logLevel: vega.Error, tooltip: tooltip
    });
    view.width(canvas.clientWidth).runAsync().then(function () {
      canvas.querySelectorAll('.static').forEach(function (still) { still.remove(); });
      live.hidden = false;
      canvas.dataset.live = 'true';
      var width = canvas.clientWidth;
      new ResizeObserver(function () {
        if (Math.abs(canvas.clientWidth - width) < 2 || canvas.clientWidth === 0) return;
        width = canvas.clientWidth;
        view.width(width).runAsync();
      }).observe(canvas);
    }).catch(function () { live.remove(); });
  }

  var observer = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      observer.unobserve(entry.target);
      bringToLife(entry.target);
    });
  }, { rootMargin: '200px' });
  document.querySelectorAll('.canvas').forEach(function (canvas) { observer.observe(canvas); });
})();
`;
