"""A prompt fed by a pipe: editing keys, completion, history, validation, styled text, key bindings, a lexer."""

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, NestedCompleter, WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI, HTML, to_formatted_text
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.styles import Style, merge_styles
from prompt_toolkit.validation import Validator
from pygments.lexers.python import PythonLexer

bindings = KeyBindings()
bindings.add("c-t")(lambda event: event.current_buffer.insert_text("!"))
with create_pipe_input() as pipe:
    session = PromptSession(history=InMemoryHistory(["older"]), completer=WordCompleter(["alpha", "beta"]), key_bindings=bindings, lexer=PygmentsLexer(PythonLexer),
                            auto_suggest=AutoSuggestFromHistory(), validator=Validator.from_callable(lambda text: text != "bad"), input=pipe, output=DummyOutput())
    for typed in ("plain\r", "ab\x01c\x05d\r", "one two\x17three\r", "x\x14\r", "\x1b[A\x1b[A\r"):
        pipe.send_text(typed)
        print(repr(session.prompt("> ")))
print([found.text for found in WordCompleter(["alpha", "beta"]).get_completions(Document("al"), CompleteEvent())])
print([found.text for found in NestedCompleter.from_nested_dict({"show": {"all": None}}).get_completions(Document("show "), CompleteEvent())])
print(to_formatted_text(HTML("<b>x</b> <style fg='red'>y</style>")), to_formatted_text(ANSI("\x1b[31mz"))[:1])
buffer = Buffer(document=Document("first second"))
buffer.cursor_left(6)
buffer.delete_before_cursor(1)
buffer.undo()
print(buffer.text, buffer.document.get_word_under_cursor(), merge_styles([Style([("a", "bold")]), Style.from_dict({"b": "#ff0000"})]).get_attrs_for_style_str("class:b").color)
