"""Deferreds, a protocol over a connection in the reactor, a web resource, plug-ins, tests run by trial."""

import io

from twisted.application.reactors import IReactorInstaller
from twisted.internet import defer, endpoints, protocol, reactor, task
from twisted.plugin import getPlugins
from twisted.protocols import basic
from twisted.python import failure, filepath, modules, usage
from twisted.trial import reporter, unittest
from twisted.web import client, resource, server


class Reverse(basic.LineReceiver):
    def lineReceived(self, line):
        self.sendLine(line[::-1])


class Asker(basic.LineReceiver):
    def __init__(self):
        self.answer = defer.Deferred()

    def connectionMade(self):
        self.sendLine(b"hello")

    def lineReceived(self, line):
        self.transport.loseConnection()
        self.answer.callback(line)


class Root(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        return b"path " + request.path


@defer.inlineCallbacks
def main():
    port = yield endpoints.TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(protocol.Factory.forProtocol(Reverse))
    asker = Asker()
    yield endpoints.connectProtocol(endpoints.TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port), asker)
    print((yield asker.answer))
    yield port.stopListening()
    site = reactor.listenTCP(0, server.Site(Root()), interface="127.0.0.1")
    answer = yield client.Agent(reactor).request(b"GET", b"http://127.0.0.1:%d/x" % site.getHost().port)
    print(answer.code, (yield client.readBody(answer)))
    yield site.stopListening()
    yield task.deferLater(reactor, 0, lambda: None)
    found = yield defer.gatherResults([defer.succeed(1), defer.maybeDeferred(lambda: 2)])
    print(found)
    try:
        yield defer.fail(ValueError("no"))
    except ValueError as error:
        print("caught", error)


def run():
    done = main()
    done.addErrback(lambda reason: print("failed", reason.getTraceback()))
    done.addBoth(lambda _: reactor.stop())


reactor.callWhenRunning(run)
reactor.run(installSignalHandlers=False)


class Tests(unittest.TestCase):
    def test_passes(self):
        return defer.succeed(None)

    def test_fails(self):
        self.assertEqual(1, 2)


result = reporter.TestResult()
unittest.TestSuite([Tests("test_passes"), Tests("test_fails")]).run(result)
print(result.testsRun, len(result.failures), failure.Failure(ValueError("x")).getErrorMessage())
# The cache of plug-ins that Debian makes is as old as the plug-ins where all files have one time, and then not used.
print(sorted(plugin.name for plugin in modules.getModule("twisted.plugins").iterModules() if plugin.load() is not None)[:4])
print(sorted(plugin.shortName for plugin in getPlugins(IReactorInstaller))[:4], filepath.FilePath("a").child("b").basename(), usage.Options().getSynopsis() != "")
