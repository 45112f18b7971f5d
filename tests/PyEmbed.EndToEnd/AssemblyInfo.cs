// Two builds at a time: more would only wait for each other.
[assembly: Parallelize(Workers = 2, Scope = ExecutionScope.MethodLevel)]
