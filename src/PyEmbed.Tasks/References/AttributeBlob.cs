using System.Reflection.Metadata;

namespace PyEmbed.Tasks.References;

/// <summary>
/// Reads the value of an <c>EmbeddedPythonAttribute</c> (ECMA-335, II.23.3). The general decoder allocates what a damaged
/// array claims for its length; this one reads on and finds the end.
/// </summary>
internal static class AttributeBlob
{
    private const ushort Prolog = 1;
    private const uint NullArray = uint.MaxValue;

    /// <summary>What the attribute says.</summary>
    /// <exception cref="BadImageFormatException">The value is corrupt or names no resource.</exception>
    public static TreeAttribute Read(BlobReader value)
    {
        if (value.ReadUInt16() != Prolog)
        {
            throw Corrupt();
        }

        var tree = new TreeAttribute(value.ReadSerializedString() ?? "", "", "", 0, "", []);
        for (int left = value.ReadUInt16(); left > 0; left--)
        {
            value.ReadSerializationTypeCode();
            SerializationTypeCode type = value.ReadSerializationTypeCode();
            if (type == SerializationTypeCode.SZArray && value.ReadSerializationTypeCode() != SerializationTypeCode.String)
            {
                throw Corrupt();
            }

            string? property = value.ReadSerializedString();
            tree = type switch
            {
                SerializationTypeCode.String => With(tree, property, value.ReadSerializedString() ?? ""),
                SerializationTypeCode.Int32 => With(tree, property, value.ReadInt32()),
                SerializationTypeCode.SZArray => With(tree, property, ReadStrings(ref value)),
                _ => throw Corrupt(),
            };
        }

        return tree.Resource.Length > 0 ? tree : throw Corrupt();
    }

    /// <summary>The two texts that an attribute was made with.</summary>
    /// <exception cref="BadImageFormatException">The value is corrupt.</exception>
    public static KeyValuePair<string, string> ReadPair(BlobReader value)
    {
        if (value.ReadUInt16() != Prolog)
        {
            throw new BadImageFormatException("the value of its AssemblyMetadata attribute is corrupt");
        }

        return new KeyValuePair<string, string>(value.ReadSerializedString() ?? "", value.ReadSerializedString() ?? "");
    }

    // What a newer version of the attribute has beside these is passed over.
    private static TreeAttribute With(TreeAttribute tree, string? property, object value) => (property, value) switch
    {
        ("Resource", string text) => tree with { Resource = text },
        ("Hash", string text) => tree with { Hash = text },
        ("MinimumPython", string text) => tree with { MinimumPython = text },
        ("FormatVersion", int number) => tree with { FormatVersion = number },
        ("Requirements", List<string> texts) => tree with { Requirements = texts },
        _ => tree,
    };

    private static List<string> ReadStrings(ref BlobReader value)
    {
        var texts = new List<string>();
        uint length = value.ReadUInt32();
        for (uint i = 0; i < length && length != NullArray; i++)
        {
            texts.Add(value.ReadSerializedString() ?? "");
        }

        return texts;
    }

    private static BadImageFormatException Corrupt() => new("its EmbeddedPython attribute names no resource");
}
