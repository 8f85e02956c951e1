using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using Tandem.Protocol;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Http;

/// <summary>A bundle in several requests: its manifest, then each file that the manifest names.</summary>
/// <param name="client">The app's.</param>
/// <param name="options">Limits, and who may have made the bundle.</param>
/// <param name="root">Address of all bundles, with a slash at its end.</param>
internal sealed class BundleDownload(HttpClient client, HttpCloudOptions options, string root)
{
    private const int MostManifestBytes = 1 << 20;  // as a manifest is read from a folder
    private const int MostFiles = 64;
    private const string VersionHeader = "Tandem-Version";
    private const string SignatureHeader = "Tandem-Signature";

    public async ValueTask<CloudAnswer<BundleAnswer>> GetAsync(BundleRequest request, CancellationToken cancel)
    {
        if (!IsSegment(request.Name) || (request.Version is { } version && !IsSegment(version)))
            return new CloudFault { Kind = CloudFaultKind.Refused, Message = "not sent: '.' and '..' are no names of bundles or versions" };
        var found = await ManifestAsync(request, cancel).ConfigureAwait(false);
        if (found.Value is not { Manifest: { } bytes } answer) return found;
        if (FaultOf(answer, bytes, request, out var manifest) is { } fault)
            return HttpCall<BundleAnswer>.Failed($"the bundle is refused: {fault}");
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in manifest!.Files)
        {
            var content = await FileAsync(request.Name, answer.Version, file, cancel).ConfigureAwait(false);
            if (content.Value is null) return content.Fault!;
            files.Add(file.Name, content.Value);
        }

        return answer with { Files = files };
    }

    /// <summary>The manifest alone, or that the device has what there is.</summary>
    private ValueTask<CloudAnswer<BundleAnswer>> ManifestAsync(BundleRequest request, CancellationToken cancel)
    {
        var address = root + Uri.EscapeDataString(request.Name);
        if (request.Version is not null) address += $"/{Uri.EscapeDataString(request.Version)}";
        var call = new HttpCall<BundleAnswer>(client, options, options.BundleDeadline) { IsOfBundle = true };
        return call.SendAsync(
            () => Conditional(new(HttpMethod.Get, address), request.KnownVersion),
            async (answer, token) =>
            {
                if (answer.StatusCode == HttpStatusCode.NotModified && request.KnownVersion is { } known)
                    return new BundleAnswer { Version = known };
                if (answer.StatusCode != HttpStatusCode.OK) return await call.RefusalAsync(answer, token).ConfigureAwait(false);
                if (HttpCall<BundleAnswer>.FaultOfType(answer.Content, "application/json") is { } fault)
                    return HttpCall<BundleAnswer>.Failed(fault);
                if (!TryReadHeaders(answer, out var version, out var signature, out fault)) return HttpCall<BundleAnswer>.Failed(fault);
                if (version == request.KnownVersion) return new BundleAnswer { Version = version };
                return await BoundedBody.TryReadAsync(answer.Content, MostManifestBytes, token).ConfigureAwait(false) is { } bytes
                    ? new BundleAnswer { Version = version, Manifest = bytes, Signature = signature }
                    : HttpCall<BundleAnswer>.Failed($"the manifest has more than {MostManifestBytes} bytes");
            },
            cancel);
    }

    private ValueTask<CloudAnswer<byte[]>> FileAsync(string name, string version, BundleFile file, CancellationToken cancel)
    {
        var address = $"{root}{Uri.EscapeDataString(name)}/{Uri.EscapeDataString(version)}/{Uri.EscapeDataString(file.Name)}";
        var call = new HttpCall<byte[]>(client, options, options.BundleDeadline) { IsOfBundle = true };
        return call.SendAsync(
            () => new(HttpMethod.Get, address),
            async (answer, token) =>
            {
                if (answer.StatusCode != HttpStatusCode.OK) return await call.RefusalAsync(answer, token).ConfigureAwait(false);
                var bytes = await BoundedBody.TryReadAsync(answer.Content, file.SizeBytes, token).ConfigureAwait(false);
                if (bytes?.Length != file.SizeBytes)
                {
                    return HttpCall<byte[]>.Failed($"file '{file.Name}' has {(bytes is null ? "more" : "less")} than the "
                        + $"{file.SizeBytes} bytes of the manifest");
                }

                return bytes;
            },
            cancel);
    }

    private static HttpRequestMessage Conditional(HttpRequestMessage request, string? known)
    {
        if (known is not null && HeaderText.FitsTag(known)) request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{known}\""));
        return request;
    }

    private static bool TryReadHeaders(
        HttpResponseMessage answer, out string version, out byte[]? signature, [NotNullWhen(false)] out string? fault)
    {
        (version, signature, fault) = (HeaderOf(answer, VersionHeader) ?? "", null, null);
        if (version.Length == 0 || !IsSegment(version))
        {
            fault = $"the answer has no header {VersionHeader} with a version";
        }
        else if (HeaderOf(answer, SignatureHeader) is { } text)
        {
            signature = new byte[BundleSignature.SizeBytes];
            if (!Convert.TryFromBase64String(text, signature, out var length) || length != signature.Length)
                fault = $"the header {SignatureHeader} is not the base64 of {BundleSignature.SizeBytes} bytes";
        }

        return fault is null;
    }

    private static string? HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) && values.ToArray() is [var value] ? value : null;

    private string? FaultOf(BundleAnswer answer, byte[] bytes, BundleRequest request, out BundleManifest? manifest)
    {
        manifest = null;
        if (options.BundleKey is { } key && !BundleSignature.TryVerify(bytes, answer.Signature, key, out var fault)) return fault;
        if (!ManifestReader.TryParse(bytes, out manifest, out fault)) return fault;
        if (manifest.Version != answer.Version || (request.Version is { } asked && asked != answer.Version))
            return $"version {FaultText.Quote(answer.Version)} is answered, the manifest is of {FaultText.Quote(manifest.Version)}";
        if (manifest.Name != request.Name)
            return $"{FaultText.Quote(request.Name)} is asked for, the manifest is of {FaultText.Quote(manifest.Name)}";
        if (manifest.Files.Count > MostFiles) return $"{manifest.Files.Count} files, expected at most {MostFiles}";
        if (manifest.Files.FirstOrDefault(file => file.SizeBytes is < 1 or > int.MaxValue / 2) is { } odd)
            return $"file '{odd.Name}' is said to have {odd.SizeBytes} bytes, expected 1 to {int.MaxValue / 2}";
        var size = manifest.Files.Sum(file => file.SizeBytes);
        return size > options.MostBundleBytes
            ? $"its files have {size} bytes, expected at most {options.MostBundleBytes}; raise MostBundleBytes where that is meant"
            : null;
    }

    /// <summary>False for what an address takes for a way to another folder.</summary>
    private static bool IsSegment(string name) => name is not ("." or "..");
}
