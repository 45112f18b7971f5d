"""Graphs: paths, flows, colouring, components, formats read and written, a generator with its own data file."""

import io

import networkx as nx

graph = nx.karate_club_graph()
print(graph.number_of_nodes(), nx.shortest_path(graph, 0, 33), round(nx.average_clustering(graph), 6), nx.is_connected(graph))
print([round(value, 5) for value in list(nx.betweenness_centrality(graph).values())[:4]], nx.diameter(graph))
print([sorted(group)[:3] for group in nx.community.greedy_modularity_communities(graph)])
flow = nx.DiGraph()
flow.add_edge("s", "a", capacity=3)
flow.add_edge("a", "t", capacity=2)
print(nx.maximum_flow(flow, "s", "t"), list(nx.topological_sort(flow)), nx.minimum_spanning_tree(nx.cycle_graph(4)).edges)
print(len(nx.graph_atlas_g()), nx.graph_atlas(100).number_of_edges())
for write, read in ((nx.write_gml, nx.read_gml), (nx.write_graphml, nx.read_graphml), (nx.write_adjlist, nx.read_adjlist)):
    buffer = io.BytesIO()
    write(flow, buffer)
    buffer.seek(0)
    print(sorted(read(buffer).nodes))
print(nx.node_link_data(flow), nx.to_dict_of_lists(nx.petersen_graph())[0], nx.greedy_color(nx.wheel_graph(5)))
print(nx.algorithms.isomorphism.is_isomorphic(nx.path_graph(3), nx.star_graph(2)), list(nx.generate_edgelist(flow)))
try:
    nx.shortest_path(flow, "t", "s")
except nx.NetworkXNoPath as error:
    print(error)
