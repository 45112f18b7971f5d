def helper():
    return "Hello from utils"
