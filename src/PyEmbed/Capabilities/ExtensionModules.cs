using System.Collections.Frozen;

namespace PyEmbed.Capabilities;

/// <summary>
/// Which of the standard library's modules in C may be loaded. Those listed reach nothing outside Python's memory, or raise events for it, or have their functions guarded
/// (<see cref="GuardedFunctions"/>). Others, and what later versions of CPython bring, need the capability that is named. So do <c>_sqlite3</c>, <c>_dbm</c> and <c>_gdbm</c>: their libraries open files
/// unseen, and SQLite calls functions by addresses that SQL gives it.
/// </summary>
internal static class ExtensionModules
{
    private static readonly FrozenSet<string> Safe = Names("""
        _abc _ast _asyncio _bisect _blake2 _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _contextvars _crypt _csv
        _datetime _decimal _elementtree _functools _hashlib _heapq _hmac _imp _io _json _locale _lsprof _lzma _md5 _multibytecodec _opcode _operator _peg_parser _pickle
        _posixsubprocess _queue _random _sha1 _sha2 _sha256 _sha3 _sha512 _signal _socket _sre _ssl _stat _statistics _string _struct _suggestions _symtable _sysconfig
        _thread _tokenize _tracemalloc _types _typing _warnings _weakref _zoneinfo _zstd array atexit audioop binascii builtins cmath errno faulthandler fcntl gc grp itertools
        marshal math mmap posix pwd pyexpat resource select sys time unicodedata zlib xxsubtype
        """);

    // They reach other processes (libuuid its daemon), terminals or devices, or run programs.
    private static readonly FrozenSet<string> OfProcesses = Names("_curses _curses_panel _multiprocessing _posixshmem _uuid nis ossaudiodev readline spwd syslog termios");

    /// <summary>The capability that a module needs, in words; null where none.</summary>
    public static string? Needs(string module, PythonCapabilities capabilities) =>
        capabilities.NativeCode || Safe.Contains(module) ? null
        : OfProcesses.Contains(module) ? capabilities.Processes ? null : nameof(PythonCapabilities.Processes)
        : nameof(PythonCapabilities.NativeCode);

    private static FrozenSet<string> Names(string names) =>
        names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
