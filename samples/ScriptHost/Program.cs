using Microsoft.AspNetCore.Server.Kestrel.Core;
using ScriptHost;

// Settings lie beside the program, wherever it is started.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddPyEmbed(builder.Configuration.GetSection("PyEmbed"));
builder.Services.AddPyEmbedInProcess(builder.Configuration.GetSection("PyEmbedInProcess"));
builder.Services.Configure<KestrelServerOptions>(builder.Configuration.GetSection("Kestrel"));
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(new BigIntegerConverter()));
builder.Services.AddSingleton<ScriptCatalog>();
builder.Services.AddTrusted(builder.Configuration.GetSection("Trusted"));
builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = ScriptProblem.Explain);
builder.Services.AddHealthChecks().AddPyEmbed().AddPyEmbedInProcess();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseRateLimiter();
app.MapHealthChecks("/health");
app.MapScripts();
app.MapTrusted();
app.MapPage();
app.Run();
