using System.Diagnostics.CodeAnalysis;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Data;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary>A request's history in the numbers of the model's catalogue.</summary>
internal static class ListHistory
{
    private const int MostSliced = 1_000; // rows of history and successors come beside them

    public static bool TryRead(
        ListRequest asked, ServedModel model, [NotNullWhen(true)] out CandidateRequest? request, [NotNullWhen(false)] out Refusal? refusal)
    {
        var catalog = model.Catalog;
        request = null;
        refusal = FormOf(asked, catalog);
        if (refusal is not null) return false;
        if (!TryNumber(asked, model, out var history, out refusal)) return false;
        if (history.Contains(0) && asked.Keys is not null)
        {
            refusal = new(
                RefusalKind.UnknownItem, $"the item at place {history.TakeWhile(item =>
                    item != 0).Count()} of 'keys' is not in the catalogue");
            return false;
        }

        request = new()
        {
            CatalogVersion = catalog.Version,
            History = history,
            Times = asked.Times,
            Values = asked.Values,
            Count = asked.Count,
            IncludeSeen = asked.IncludeSeen || asked.Coded is not null, // what stands for a code is not what the user had
        };
        if (!request.TryValidate(catalog.Count, out var fault)) refusal = new(RefusalKind.FieldInvalid, fault);
        return refusal is null;
    }

    private static bool TryNumber(
        ListRequest asked, ServedModel model, out IReadOnlyList<int> history, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = null;
        history = asked.Keys is null ? asked.History ?? [] : [.. asked.Keys.Select(model.Catalog.FindId)];
        if (asked.Coded is not { } coded) return true;
        (history, refusal) = model.ReadCodes(coded);
        return refusal is null;
    }

    private static Refusal? FormOf(ListRequest asked, Catalog catalog)
    {
        if (asked.Coded is not null && (asked.History?.Count > 0 || asked.Keys is not null || asked.Times is not null))
            return new(RefusalKind.FieldInvalid, "'coded' stands alone: expected no items and no times beside it");
        if (asked.History is not null && asked.Keys is not null)
            return new(RefusalKind.FieldInvalid, "expected one of 'history' (item numbers) and 'keys', not both");
        if (asked.Keys?.Any(key => key is null) == true) return new(RefusalKind.FieldInvalid, "'keys' holds null");
        if ((asked.Coded?.Codes.Count ?? asked.History?.Count ?? asked.Keys!.Count) is var events && events > ListRequest.MostEvents)
        {
            return new(
                RefusalKind.FieldInvalid,
                $"{events} events, expected at most {ListRequest.MostEvents}: send the newest, models read no more");
        }

        if (asked.History is not null && asked.CatalogVersion is null)
            return new(RefusalKind.FieldInvalid, "'catalogVersion' is missing: it says which items the numbers of 'history' are");
        if (asked.CatalogVersion is { } version && version != catalog.Version)
        {
            return new(
                RefusalKind.OtherCatalog, $"the model numbers items by catalogue {catalog.Version}, the request by another; "
                    + "fetch the bundle again");
        }

        if (asked.SliceOfModel is not null && asked.Count > MostSliced)
            return new(RefusalKind.FieldInvalid, $"'count' is {asked.Count}, expected at most {MostSliced} with 'sliceOfModel'");
        return asked.Rules is { } rules && RuledList.FaultOf(rules) is { } fault ? new(RefusalKind.FieldInvalid, fault) : null;
    }
}
