'use strict';

const element = id => document.getElementById(id);
const own = { text: element('text').value };
let scripts = [];

async function list() {
  scripts = await (await fetch('scripts')).json();
  for (const script of scripts) {
    element('script').append(new Option(script.name + script.arguments, script.name));
  }
}

function choose() {
  const script = scripts.find(script => script.name === element('script').value);
  element('documentation').textContent = script ? script.documentation : '';
  element('label').textContent = script ? 'Arguments, as a JSON object' : 'Source; its result is the variable result';
  element('text').value = script ? '{}' : own.text;
}

async function run(event) {
  event.preventDefault();
  const name = element('script').value;
  const body = name ? element('text').value : JSON.stringify({ source: element('text').value });
  element('run').disabled = true;
  show('running', '', '', '');
  try {
    const response = await fetch(name ? 'scripts/' + encodeURIComponent(name) : 'run', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    const text = await response.text();
    const answer = JSON.parse(text);
    if (response.ok) {
      show(`done in ${answer.durationMs.toFixed(1)} ms`, JSON.stringify(answer.value, null, 2), answer.output, answer.error);
    } else {
      show(`${response.status} ${answer.title}`, '', answer.output ?? '', answer.error?.traceback || answer.detail || text);
    }
  } catch (error) {
    show('no answer', '', '', String(error));
  } finally {
    element('run').disabled = false;
  }
}

function show(status, value, output, error) {
  element('status').textContent = status;
  element('value').textContent = value;
  element('output').textContent = output;
  element('error').textContent = error;
}

element('text').addEventListener('input', () => {
  if (!element('script').value) {
    own.text = element('text').value;
  }
});
element('script').addEventListener('change', choose);
element('form').addEventListener('submit', run);
list().catch(error => show('no answer', '', '', String(error)));
