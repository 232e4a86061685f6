// The chart's widgets by role, and where each is drawn in this view of the chart (an output may be shown twice).
const REFERENCE = 'IPY_MODEL_'

const frame = () => new Promise(done => requestAnimationFrame(done))

async function until(test) {
  for (;;) {
    const found = test()
    if (found) return found
    await frame()
  }
}

async function elementOf(model, root, alive) {
  while (alive()) {
    for (const promise of Object.values(model.views ?? {})) {
      const view = await promise
      if (root.contains(view.el)) return view.el
    }
    await frame()
  }
}

// Scales are shared by all views and drawn by none; everything else has an element of its own in the page.
const UNDRAWN = new Set(['scale', 'y', 'logY'])

async function resolve(value, manager, root, alive, role = '') {
  if (typeof value === 'string' && value.startsWith(REFERENCE)) {
    const model = await manager.get_model(value.slice(REFERENCE.length))
    return { model, el: UNDRAWN.has(role) ? null : await elementOf(model, root, alive) }
  }
  if (Array.isArray(value)) return Promise.all(value.map(item => resolve(item, manager, root, alive, role)))
  if (value && typeof value === 'object') {
    const pairs = Object.entries(value).map(async ([key, item]) => [key, await resolve(item, manager, root, alive, key)])
    return Object.fromEntries(await Promise.all(pairs))
  }
  return value
}

const items = part => [...part.el.children].filter(child => child.matches('.object_grp, .curve'))

// Pixels of the data, in the coordinates of the box that holds all figures.
function geometry(view) {
  const { rail, panels, axis } = view.parts
  const origin = view.chart.getBoundingClientRect()
  const area = part => {
    const box = part.figure.el.querySelector('.plotarea_events')?.getBoundingClientRect()
    return box && { left: box.left - origin.left, top: box.top - origin.top, width: box.width, height: box.height }
  }
  const areas = panels.map(area)
  const across = area(axis)
  if (!across || areas.some(a => !a)) return null
  const scale = axis.scale.model
  const low = scale.get('min')
  const high = scale.get('max')
  return {
    rail: area(rail), panels: areas, axis: across, low, high,
    width: origin.width, height: origin.height,
    x: value => across.left + ((value - low) / (high - low)) * across.width,
    value: px => low + ((px - across.left) / across.width) * (high - low),
    y: (index, value) => {
      const y = panels[index].y.model
      return areas[index].top + (1 - (value - y.get('min')) / (y.get('max') - y.get('min'))) * areas[index].height
    },
  }
}
