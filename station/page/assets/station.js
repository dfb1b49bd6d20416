// Refreshes what stands on the page and helps with typing; every page works without it.
(function () {
  'use strict';
  var clock = document.getElementById('clock');
  function tick() {
    if (!clock) return;
    var at = new Date(Date.now() + 8 * 3600e3).toISOString();
    clock.textContent = at.slice(11, 16);
  }
  tick();
  setInterval(tick, 10000);

  // What the page shows is said to be old, and no form is sent into nothing, while the program does not answer.
  var gone = document.getElementById('gone');
  var heard = document.getElementById('heard');
  function answers(yes) {
    document.body.classList.toggle('stale', !yes);
    if (gone) gone.hidden = yes;
    if (yes && heard) heard.textContent = new Date(Date.now() + 8 * 3600e3).toISOString().slice(11, 19);
  }
  answers(true);

  // How many vehicles ask for somebody stands in the tab's title; where there are more than before, it sounds.
  var name = document.title, news = null;
  var sound = document.getElementById('sound');
  function sounds() { return localStorage.getItem('sound') === 'on'; }
  function beep() {
    var audio = new AudioContext(), tone = audio.createOscillator();
    tone.frequency.value = 880;
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.3);
    tone.onended = function () { audio.close(); };
  }
  function say_sound() {
    sound.setAttribute('aria-pressed', sounds());
    sound.textContent = sound.getAttribute(sounds() ? 'data-on' : 'data-off');
  }
  if (sound) {
    sound.hidden = false;
    say_sound();
    sound.addEventListener('click', function () {
      localStorage.setItem('sound', sounds() ? 'off' : 'on');
      say_sound();
      if (sounds()) beep();
    });
  }
  function tell(text) {
    if (!/^\d+$/.test(text)) return;
    if (news !== null && Number(text) > news && sounds()) beep();
    news = Number(text);
    document.title = (news > 0 ? '(' + news + ') ' : '') + name;
  }
  function ask() {
    fetch('/news', { cache: 'no-store' }).then(function (answer) { return answer.ok ? answer.text() : ''; })
      .then(function (text) { answers(true); tell(text); }, function () { answers(false); });
  }
  document.addEventListener('submit', function (e) {
    if (!document.body.classList.contains('stale')) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    gone.scrollIntoView();
  }, true);

  // Parts marked data-live are replaced by those of a fresh copy of the page, when they differ.
  var live = document.querySelectorAll('[data-live]');
  var tag = null;
  function refresh() {
    var at = location.pathname + location.search;
    fetch(at, { headers: tag ? { 'If-None-Match': tag } : {}, credentials: 'same-origin' }).then(function (answer) {
      if (answer.status !== 200) return null;
      tag = answer.headers.get('ETag');
      return answer.text();
    }).then(function (text) {
      answers(true);
      if (!text) return;
      var fresh = new DOMParser().parseFromString(text, 'text/html');
      live.forEach(function (part, i) {
        var other = fresh.querySelectorAll('[data-live]')[i];
        if (other && other.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) part.innerHTML = other.innerHTML;
        if (other) part.className = other.className;
      });
    }).catch(function () { answers(false); });
  }
  ask();
  setInterval(function () { ask(); if (live.length) refresh(); }, 2000);

  // An input method uses Escape and Enter for itself; what is being written as a reason is not thrown away.
  document.addEventListener('keydown', function (e) {
    if (!document.getElementById('gate') || e.key !== 'Escape' || e.isComposing) return;
    if (!e.target.closest('form[action="/override"]')) location.href = '/gate';
  });

  // The first field that is wrong, unless a list of all that is wrong stands before them.
  var wrong = document.querySelector('[aria-invalid="true"]');
  if (wrong && !document.querySelector('.note li')) wrong.focus();

  var form = document.getElementById('repair');
  if (!form) return;
  var token = document.body.getAttribute('data-token');
  var rows = document.getElementById('rows');
  var template = document.getElementById('row');
  var saved = document.getElementById('saved');

  function sum() {
    var all = 0;
    rows.querySelectorAll('tr').forEach(function (row) {
      var price = row.querySelector('[data-price]').value, quantity = row.querySelector('[data-quantity]').value;
      all += (price.trim() ? amount(price) : 0) * (row.getAttribute('data-kind') === 'part' && quantity.trim() ? amount(quantity) : 1);
    });
    return all;  // no number where one of them is none
  }
  function total() {
    var field = form.elements.total_fee;
    if (!field.hasAttribute('data-typed')) field.value = sum() > 0 ? sum().toFixed(2) : '';
    remarks();
  }
  // As the program reads amounts (loop/written/amount.hpp): what it does not take is no number here either.
  function amount(text) {
    var plain = String(text).trim().replace(/[\uff01-\uff5e]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); }).replace(/^[\u00a5\uffe5]|\u5143$/g, '').trim();
    return /^(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d+)?$/.test(plain) ? parseFloat(plain.replace(/,/g, '')) : NaN;
  }
  // What is said beside a field stands in the page already; here it is only shown or hidden.
  function say(within, name, shown, number) {
    var remark = within.querySelector('[data-remark="' + name + '"]');
    if (!remark) return;
    remark.hidden = !shown;
    if (number !== undefined) remark.querySelector('b').textContent = shown ? number : '';
  }
  var gapMax = parseFloat(rows.getAttribute('data-gap'));
  var lacking = document.getElementById('lacking');
  function remarks() {
    rows.querySelectorAll('tr').forEach(function (row) {
      var posted = parseFloat(row.querySelector('[data-posted]').getAttribute('data-posted')) || 0;
      var price = amount(row.querySelector('[data-price]').value) || 0;
      var gap = posted > 0 && price > 0 ? (Math.round(price * 100) - Math.round(posted * 100)) / Math.round(posted * 100) : 0;
      say(row, 'above', gap > gapMax, Math.round(gap * 100) + '%');
      say(row, 'below', gap < -gapMax, Math.round(-gap * 100) + '%');
    });
    document.querySelectorAll('#readings tr').forEach(function (row) {
      var value = amount(row.querySelector('input').value);
      var limit = parseFloat(row.getAttribute('data-limit'));
      var low = parseFloat(row.getAttribute('data-low'));
      var met = !(value < low) && (row.getAttribute('data-item') === 'power' ? !(value < limit) : !(value > limit));
      say(row, 'within', !isNaN(value) && met);
      say(row, 'beyond', !isNaN(value) && !met);
    });
    var quote = amount(form.elements.quoted_fee.value);
    say(form.querySelector('.foot'), 'over-quote', amount(form.elements.total_fee.value) > quote, isNaN(quote) ? '' : quote.toFixed(2));
    var missing = [].filter.call(form.querySelectorAll('[data-must]'), function (field) { return !field.value.trim(); });
    if (!rows.children.length) missing.unshift(document.getElementById('search'));
    lacking.hidden = !missing.length;
    lacking.textContent = lacking.getAttribute('data-text').replace('{}', missing.length);
    if (missing.length) lacking.setAttribute('href', '#' + missing[0].id);
  }
  // A total that is not the sum was typed, in an earlier view of the form.
  if (form.elements.total_fee.value && form.elements.total_fee.value !== sum().toFixed(2)) form.elements.total_fee.setAttribute('data-typed', '');
  function number() {
    rows.querySelectorAll('tr').forEach(function (row, i) {
      row.querySelectorAll('[name]').forEach(function (field) {
        field.name = field.name.replace(/_\d+$/, '_' + i);
        if (field.id) field.id = field.name;
      });
    });
  }
  // One draft is on its way at a time; what was typed meanwhile follows it.
  var pending = null, sending = false, more = false;
  function draft() {
    var body = new URLSearchParams(new FormData(form));
    body.set('token', token);
    return body;
  }
  function send() {
    pending = null;
    if (sending) { more = true; return; }
    sending = true;
    fetch('/draft', { method: 'POST', body: draft(), credentials: 'same-origin', keepalive: true }).then(function (answer) {
      if (!answer.ok && answer.status !== 409) throw new Error(answer.status);
      return answer.text();
    }).then(function (text) { saved.textContent = text; }).catch(function () {
      saved.textContent = saved.getAttribute('data-lost');
      save(2000);
    }).then(function () {
      sending = false;
      if (more) { more = false; send(); }
    });
  }
  function save(after) {
    clearTimeout(pending);
    pending = setTimeout(send, after || 200);
  }
  // What was typed last goes with the page that is left; a form that is sent carries it itself.
  form.addEventListener('submit', function () { clearTimeout(pending); pending = null; more = false; });
  window.addEventListener('pagehide', function () { if (pending !== null || more) navigator.sendBeacon('/draft', draft()); });
  form.addEventListener('input', function (e) {
    if (e.target === form.elements.total_fee) e.target.setAttribute('data-typed', '');
    total();
    save();
  });
  // A scanner ends with Enter: it leads to the next field. Ctrl Enter submits.
  form.addEventListener('keydown', function (e) {
    if (e.key !== 'Enter' || e.isComposing || e.target.tagName !== 'INPUT' || e.target === document.getElementById('search')) return;
    e.preventDefault();
    if (e.ctrlKey) return document.getElementById('submit').click();
    var fields = [].filter.call(form.querySelectorAll('input, select, #submit'), function (field) { return field.type !== 'hidden' && field.offsetParent; });
    fields[fields.indexOf(e.target) + 1].focus();
  });
  var photos = document.getElementById('photos');
  if (photos) photos.addEventListener('change', function () { if (photos.files.length) document.getElementById('keep-photos').click(); });
  rows.addEventListener('click', function (e) {
    if (!e.target.hasAttribute('data-remove')) return;
    e.preventDefault();
    e.target.closest('tr').remove();
    number(); total(); save();
  });

  // One search for items and parts, in Chinese or pinyin initials.
  var search = document.getElementById('search');
  var list = document.getElementById('found');
  var offers = JSON.parse(document.getElementById('offers').textContent);
  var shown = [];
  var at = -1;
  function close() { list.hidden = true; search.setAttribute('aria-expanded', 'false'); search.removeAttribute('aria-activedescendant'); at = -1; }
  function mark(i) {
    at = i;
    list.querySelectorAll('li').forEach(function (li, k) { li.setAttribute('aria-selected', k === i ? 'true' : 'false'); });
    if (i >= 0) search.setAttribute('aria-activedescendant', 'found-' + i);
  }
  function find() {
    var text = search.value.trim().toLowerCase();
    shown = text ? offers.filter(function (o) { return o.name.toLowerCase().indexOf(text) >= 0 || o.py.indexOf(text) >= 0 || o.code.toLowerCase() === text; }).slice(0, 7) : [];
    list.textContent = '';
    shown.forEach(function (o, i) {
      var li = document.createElement('li');
      li.id = 'found-' + i;
      li.setAttribute('role', 'option');
      var name = document.createElement('span');
      name.textContent = o.name;
      var kind = document.createElement('small');
      kind.textContent = o.label + (o.price ? ' ' + o.price.toFixed(2) : '');
      li.appendChild(name); li.appendChild(kind);
      li.addEventListener('mousedown', function (e) { e.preventDefault(); add(o); });
      list.appendChild(li);
    });
    list.hidden = !shown.length;
    search.setAttribute('aria-expanded', shown.length ? 'true' : 'false');
    mark(shown.length ? 0 : -1);
  }
  function add(o) {
    var row = document.importNode(template.content, true).querySelector('tr');
    row.setAttribute('data-kind', o.kind);
    row.querySelector('[data-name]').textContent = o.name;
    row.querySelector('[data-label]').textContent = o.label;
    row.querySelector('[data-code]').value = o.code;
    row.querySelector('[data-kind-field]').value = o.kind;
    if (o.price) {
      row.querySelector('[data-price]').value = o.price.toFixed(2);
      row.querySelector('[data-posted]').setAttribute('data-posted', o.price);
      row.querySelector('[data-posted]').textContent = o.price.toFixed(2);
    }
    if (o.kind === 'part') row.querySelector('[data-quantity]').value = '1';
    if (o.kind !== 'part') row.querySelector('[data-origin]').remove();
    if (!o.serial) row.querySelector('[data-serial]').remove();
    rows.appendChild(row);
    number();
    search.value = '';
    close(); total(); save();
    var next = row.querySelector('[data-serial]') || row.querySelector('[data-price]');
    if (next && o.serial) next.focus(); else search.focus();
  }
  remarks();
  search.addEventListener('input', function (e) { e.stopPropagation(); find(); });
  search.addEventListener('blur', close);
  search.addEventListener('keydown', function (e) {
    if (e.isComposing) return;
    if (e.key === 'ArrowDown') { e.preventDefault(); mark(Math.min(at + 1, shown.length - 1)); }
    else if (e.key === 'ArrowUp') { e.preventDefault(); mark(Math.max(at - 1, 0)); }
    else if (e.key === 'Enter') { e.preventDefault(); if (at >= 0) add(shown[at]); }
    else if (e.key === 'Escape') close();
    else if (e.key === 'Backspace' && !search.value && rows.lastElementChild) { rows.lastElementChild.remove(); number(); total(); save(); }
  });
})();
