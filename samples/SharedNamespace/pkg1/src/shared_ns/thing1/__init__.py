def thing():
    return "Thing One"
