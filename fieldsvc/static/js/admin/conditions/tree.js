// The tree that is edited: { mode, children } for a group, { condition, …parameters } for a condition.
// A path is a list of places: [1, 0] is the first part of the second part of the whole.

export const isGroup = part => 'children' in part;

/** What the form holds, as a group that can be edited. */
export function read(json) {
  const tree = grow(json);
  return tree && isGroup(tree) ? tree : { mode: 'all', children: tree ? [tree] : [] };
}

function grow(json) {
  if (json.condition) return { ...json };
  const [entry] = Object.entries(json);
  return entry && { mode: entry[0], children: entry[1].map(grow).filter(Boolean) };
}

/** The same for the form. */
export function write(part) {
  if (!isGroup(part)) return part;
  return part.children.length ? { [part.mode]: part.children.map(write) } : {};
}

export const at = (root, path) => path.reduce((part, place) => part.children[place], root);
export const parentOf = (root, path) => at(root, path.slice(0, -1));
const place = path => path[path.length - 1];

/** The server's name of a path: conditions.all[1].any[0]. */
export function nameOf(root, path) {
  let part = root, name = 'conditions';
  for (const step of path) {
    name += `.${part.mode}[${step}]`;
    part = part.children[step];
  }
  return name;
}

/** Take a part out; a group that becomes empty goes with it. Answers the path of what has the focus then. */
export function remove(root, path) {
  const parent = parentOf(root, path);
  parent.children.splice(place(path), 1);
  if (!parent.children.length && path.length > 1) return remove(root, path.slice(0, -1));
  return parent.children.length ? [...path.slice(0, -1), Math.min(place(path), parent.children.length - 1)] : [];
}

export function add(root, path, part) {
  const group = at(root, path);
  group.children.push(part);
  return [...path, group.children.length - 1];
}

/** Put a condition into a group of its own. */
export function wrap(root, path) {
  const parent = parentOf(root, path);
  const mode = parent.mode === 'any' ? 'all' : 'any';
  parent.children[place(path)] = { mode, children: [parent.children[place(path)]] };
  return [...path, 0];
}

/** One step up or down through the whole tree, into groups and out of them. Null when it is at the end already. */
export function step(root, path, direction) {
  const parent = parentOf(root, path), index = place(path), moved = at(root, path);
  const next = parent.children[index + direction];
  if (!next && path.length === 1) return null;
  parent.children.splice(index, 1);
  if (next && isGroup(next) && !isGroup(moved)) {
    if (direction > 0) next.children.unshift(moved); else next.children.push(moved);
  } else if (next) {
    parent.children.splice(index + direction, 0, moved);
  } else {
    const above = path.slice(0, -1), outer = parentOf(root, above);
    outer.children.splice(place(above) + (direction > 0 ? 1 : 0), 0, moved);
    if (!parent.children.length) outer.children.splice(outer.children.indexOf(parent), 1);
  }
  return find(root, moved);
}

/** Put a part before the part at `target`, or at the end of the group there. False where it would lie in itself. */
export function put(root, path, target, inside) {
  const moved = at(root, path), goal = at(root, target), parent = parentOf(root, path);
  if (moved === goal || find(moved, goal)) return null;
  const group = inside ? goal : parentOf(root, target);
  parent.children.splice(parent.children.indexOf(moved), 1);
  group.children.splice(inside ? group.children.length : group.children.indexOf(goal), 0, moved);
  if (!parent.children.length && parent !== root) dropEmpty(root, parent);
  return find(root, moved);
}

function dropEmpty(root, group) {
  const path = find(root, group);
  if (path && path.length) remove(root, path);
}

function find(part, wanted) {
  if (part === wanted) return [];
  for (const [index, child] of (part.children ?? []).entries()) {
    const rest = find(child, wanted);
    if (rest) return [index, ...rest];
  }
  return null;
}
