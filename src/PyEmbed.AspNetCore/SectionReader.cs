using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>Reads settings from a configuration section. A key that is no setting is an error, as is a value of another type.</summary>
internal static class SectionReader
{
    /// <summary>With what messages name a key of a section.</summary>
    public static string Prefix(IConfiguration configuration) => configuration is IConfigurationSection section ? section.Path + ":" : "";

    /// <summary>What is wrong with the keys of a section whose settings are the properties of a type.</summary>
    public static IEnumerable<string> Unknown(IConfiguration section, Type settings)
    {
        string[] names = Array.ConvertAll(settings.GetProperties(BindingFlags.Public | BindingFlags.Instance), property => property.Name);
        return from child in section.GetChildren()
               where !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)
               select $"{child.Path}{(child.Value is null ? "" : $" ('{child.Value}')")} is no setting of PyEmbed. Remove it, or use one of {string.Join(", ", names.Order(StringComparer.Ordinal))}.";
    }

    /// <summary>Sets options to what a section says.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong with its keys, or a value cannot be read.</exception>
    public static void Bind<T>(IConfiguration configuration, T options, string[] wrong)
        where T : class
    {
        if (wrong.Length > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(T), wrong);
        }

        try
        {
            configuration.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(T),
                [$"{e.Message} {e.InnerException?.Message} Write numbers as 4, times as 00:00:05 (hours, minutes, seconds), switches as true or false.".Replace("  ", " ", StringComparison.Ordinal)]);
        }
    }
}
