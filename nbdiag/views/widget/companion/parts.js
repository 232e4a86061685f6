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

const modelOf = async (reference, manager) => ({ model: await manager.get_model(reference.slice(REFERENCE.length)) })

// Scales are shared by all views and drawn by none; everything else has an element of its own in the page.
const UNDRAWN = new Set(['scale', 'axis'])

async function resolve(value, manager, root, alive, role = '') {
  if (typeof value === 'string' && value.startsWith(REFERENCE)) {
    const { model } = await modelOf(value, manager)
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
