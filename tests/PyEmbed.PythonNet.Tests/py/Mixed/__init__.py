ORIGIN = "python"
