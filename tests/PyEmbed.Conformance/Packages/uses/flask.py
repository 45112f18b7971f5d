"""An application with a blueprint, templates, sessions, JSON, a static file, errors and commands, through its test client."""

import click
import flask
import flask.testing
import flask.views

app = flask.Flask("lane_data")
app.secret_key = "s"
blueprint = flask.Blueprint("b", __name__, url_prefix="/b")


class View(flask.views.MethodView):
    def get(self, name):
        flask.session["name"] = name
        return flask.jsonify(name=name, url=flask.url_for("b.view", name="x", q=1))


blueprint.add_url_rule("/<name>", view_func=View.as_view("view"))


@app.route("/page")
def page():
    flask.flash("hello")
    return flask.render_template_string("{{ get_flashed_messages() }} {{ session.name }} {{ 1 < 2 }} {{ '<' }}")


@app.route("/template")
def template():
    return flask.render_template("page.html", title="T", items=[("a", 1)])


@app.errorhandler(404)
def missing(error):
    return "nothing: %s" % error.name, 404


@app.route("/stream")
def stream():
    return flask.Response(flask.stream_with_context(str(n) for n in range(5)), mimetype="text/plain")


@app.cli.command("count")
@click.argument("n", type=int)
def count(n):
    print(*range(n))


app.register_blueprint(blueprint)
client = app.test_client()
for url in ("/b/ann", "/page", "/template", "/none", "/stream", "/static/style.css"):
    answer = client.get(url)
    print(url, answer.status_code, answer.content_type, answer.get_data(as_text=True))
print(client.post("/page").status_code, [str(rule) for rule in app.url_map.iter_rules()])
print(app.test_cli_runner().invoke(count, ["4"]).output)
with app.test_request_context("/?a=1", method="POST", json={"k": [1]}):
    print(flask.request.args["a"], flask.request.get_json(), flask.current_app.name)
