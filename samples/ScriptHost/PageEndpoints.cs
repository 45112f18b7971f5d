namespace ScriptHost;

/// <summary>The page to try it in a browser. Its three files are in the assembly.</summary>
internal static class PageEndpoints
{
    public static void MapPage(this WebApplication app)
    {
        app.MapGet("/", (HttpResponse response) => Send(response, "index.html", "text/html; charset=utf-8"));
        app.MapGet("/page.js", (HttpResponse response) => Send(response, "page.js", "text/javascript; charset=utf-8"));
        app.MapGet("/page.css", (HttpResponse response) => Send(response, "page.css", "text/css; charset=utf-8"));
    }

    private static IResult Send(HttpResponse response, string file, string type)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return Results.Stream(typeof(PageEndpoints).Assembly.GetManifestResourceStream(file)!, type);
    }
}
