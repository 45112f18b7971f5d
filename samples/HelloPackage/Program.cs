using PyEmbed;

using var python = PythonInterpreter.Start();
return python.RunEntryPoint("mypkg.__main__:main", args);
