// The curves as a table, for reading exactly, by keyboard and by screen reader.
function values(view, button) {
  const region = html('<div class="nbdiag-values" role="region" aria-label="Values" tabindex="0" hidden></div>')
  let drawn = ''

  function columns() {
    return view.parts.panels.flatMap(panel => panel.lines
      .filter(({ line, faint }) => !faint && line.model.get('visible'))
      .map(({ line, name }) => ({
        name: name === panel.title ? name : `${name} ${panel.title}`,
        percent: panel.percent,
        at: new Map(Array.from(line.model.get('x'), (x, i) => [x, line.model.get('y')[i]])),
      })))
  }

  function cell(tag, text, scope) {
    const made = document.createElement(tag)
    if (scope) made.scope = scope
    made.textContent = text
    return made
  }

  function row(...cells) {
    const made = document.createElement('tr')
    made.append(...cells)
    return made
  }

  function table() {
    const named = columns()
    const places = [...new Set(named.flatMap(({ at }) => [...at.keys()]))].sort((a, b) => a - b)
    const made = html('<table><caption class="nbdiag-sr">All values</caption><thead></thead><tbody></tbody></table>')
    made.tHead.append(row(cell('th', view.model.get('unit'), 'col'), ...named.map(({ name }) => cell('th', name, 'col'))))
    made.tBodies[0].append(...places.map(place => row(
      cell('th', view.number(place), 'row'),
      ...named.map(({ at, percent }) => cell('td', at.has(place) ? shown(at.get(place), percent) : '')),
    )))
    return made
  }

  function signature() {
    const lines = view.parts.panels.flatMap(panel => panel.lines)
    return lines.map(({ line, curve }) => `${curve} ${line.model.get('x').length} ${line.model.get('y').at(-1)}`).join()
  }

  view.on(button, 'click', () => {
    region.hidden = !region.hidden
    view.refresh()
  })
  return {
    region,
    draw() {
      set(button, { 'aria-expanded': !region.hidden })
      if (region.hidden || drawn === signature()) return
      drawn = signature()
      const { scrollTop } = region
      region.replaceChildren(table())
      region.scrollTop = scrollTop
    },
  }
}
