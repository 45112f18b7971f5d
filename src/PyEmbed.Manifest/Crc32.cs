namespace PyEmbed.Manifest;

/// <summary>CRC-32 as zip has it (reversed polynomial 0xEDB88320), eight bytes a step.</summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = CreateTables();

    public static uint Compute(byte[] data) => Compute(data, 0, data.Length);

    public static uint Compute(byte[] data, int offset, int count)
    {
        uint[][] t = Tables;
        uint crc = uint.MaxValue;
        int i = offset;
        int end = offset + count;
        for (; end - i >= 8; i += 8)
        {
            uint low = crc ^ (uint)(data[i] | (data[i + 1] << 8) | (data[i + 2] << 16) | (data[i + 3] << 24));
            crc = t[7][low & 0xFF] ^ t[6][(low >> 8) & 0xFF] ^ t[5][(low >> 16) & 0xFF] ^ t[4][low >> 24]
                ^ t[3][data[i + 4]] ^ t[2][data[i + 5]] ^ t[1][data[i + 6]] ^ t[0][data[i + 7]];
        }

        for (; i < end; i++)
        {
            crc = (crc >> 8) ^ t[0][(crc ^ data[i]) & 0xFF];
        }

        return ~crc;
    }

    private static uint[][] CreateTables()
    {
        var tables = new uint[8][];
        for (int k = 0; k < tables.Length; k++)
        {
            tables[k] = new uint[256];
        }

        for (uint n = 0; n < 256; n++)
        {
            uint c = n;
            for (int bit = 0; bit < 8; bit++)
            {
                c = (c & 1) != 0 ? (c >> 1) ^ 0xEDB88320 : c >> 1;
            }

            tables[0][n] = c;
        }

        for (int k = 1; k < tables.Length; k++)
        {
            for (int n = 0; n < 256; n++)
            {
                uint previous = tables[k - 1][n];
                tables[k][n] = (previous >> 8) ^ tables[0][previous & 0xFF];
            }
        }

        return tables;
    }
}
