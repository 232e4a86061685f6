// The curves as a table, for reading exactly, by keyboard and by screen reader.
function values(view, button) {
  const region = html('<div class="nbdiag-values" role="region" aria-label="Values" tabindex="0" hidden></div>')
  let drawn = ''

  // A line ends at its last number; its name says where that was not its last value.
  function column(panel, { line, end }) {
    const at = new Map(Array.from(line.model.get('x'), (x, i) => [x, line.model.get('y')[i]]))
    if (!/(NaN|∞)$/.test(panel.ends.model.get('text')[end] ?? '')) return { at, lost: Infinity }
    const lost = line.model.get('x').at(-1)
    return { lost, at: at.set(view.parts.axis.done.model.get('x').at(-1), NaN) }
  }

  function columns() {
    return view.parts.panels.flatMap(panel => panel.lines
      .filter(({ line, faint }) => !faint && line.model.get('visible'))
      .map(found => ({
        name: found.name === panel.title ? found.name : `${found.name} ${panel.title}`,
        percent: panel.percent,
        ...column(panel, found),
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
      ...named.map(({ at, lost, percent }) => cell('td', at.has(place) || place > lost ? shown(at.get(place), percent) : '')),
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
