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
    private const string ResourceProperty = "Resource";

    /// <summary>The resource that the attribute names.</summary>
    /// <exception cref="BadImageFormatException">The value is corrupt or names no resource.</exception>
    public static string ReadResource(BlobReader value)
    {
        if (value.ReadUInt16() == Prolog)
        {
            value.ReadSerializedString();
            for (int left = value.ReadUInt16(); left > 0; left--)
            {
                value.ReadSerializationTypeCode();
                SerializationTypeCode type = value.ReadSerializationTypeCode();
                if (type == SerializationTypeCode.SZArray && value.ReadSerializationTypeCode() != SerializationTypeCode.String)
                {
                    break;
                }

                if (value.ReadSerializedString() == ResourceProperty && type == SerializationTypeCode.String)
                {
                    return value.ReadSerializedString() ?? throw Corrupt();
                }

                Skip(ref value, type);
            }
        }

        throw Corrupt();
    }

    private static void Skip(ref BlobReader value, SerializationTypeCode type)
    {
        switch (type)
        {
            case SerializationTypeCode.String:
                value.ReadSerializedString();
                break;
            case SerializationTypeCode.Int32:
                value.ReadInt32();
                break;
            case SerializationTypeCode.SZArray:
                uint length = value.ReadUInt32();
                for (uint i = 0; i < length && length != NullArray; i++)
                {
                    value.ReadSerializedString();
                }

                break;
            default:
                throw Corrupt();
        }
    }

    private static BadImageFormatException Corrupt() => new("its EmbeddedPython attribute names no resource");
}
