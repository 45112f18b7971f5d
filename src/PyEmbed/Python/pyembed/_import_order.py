"""In what order modules depend on each other, and in which cycles.

Dependencies are a dict: the name of each module, and the names of those that it needs. All orders are stable: they follow from
that of the dict and of what is in it.
"""


def dependency_order(needs, strictly):
    """The names, each after those that it needs. In a cycle that cannot be, but for those in *strictly*, a subset of the
    dependencies, as far as these are free of cycles."""
    order = []
    for component in components(needs):
        if len(component) > 1:
            members = set(component)
            component = _finished({name: [other for other in strictly[name] if other in members] for name in needs if name in members})
        order += component
    return order


def components(needs):
    """The strongly connected components, lists of names: each after those that it needs, the names of one in the dict's
    order. Tarjan's algorithm, without recursion."""
    place = {name: number for number, name in enumerate(needs)}
    found, index, low, stack, on_stack = [], {}, {}, [], set()
    for root in needs:
        if root in index:
            continue
        work = [(root, iter(needs[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, others = work[-1]
            for other in others:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(needs[other])))
                    break
                if other in on_stack:
                    low[name] = min(low[name], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    component = [stack.pop()]
                    while component[-1] != name:
                        component.append(stack.pop())
                    on_stack.difference_update(component)
                    found.append(sorted(component, key=place.__getitem__))
    return found


def shortest_cycle(component, needs):
    """A shortest way from the first name of a component of several back to it, through what each needs: it begins and ends
    with that name."""
    members, first = set(component), component[0]
    came_from, level = {}, [first]
    while first not in came_from:
        following = []
        for name in level:
            for other in needs[name]:
                if other in members and other not in came_from:
                    came_from[other] = name
                    following.append(other)
        level = following
    way = [first]
    while len(way) == 1 or way[-1] != first:
        way.append(came_from[way[-1]])
    return way[::-1]


def _finished(needs):
    """The names in the order in which a search in depth is done with them."""
    order, seen = [], set()
    for root in needs:
        if root in seen:
            continue
        seen.add(root)
        work = [(root, iter(needs[root]))]
        while work:
            name, others = work[-1]
            for other in others:
                if other not in seen:
                    seen.add(other)
                    work.append((other, iter(needs[other])))
                    break
            else:
                work.pop()
                order.append(name)
    return order
