// BUNDLE: opens it and prints how many items it has.
using Tandem.Protocol.Bundles;

if (!Bundle.TryOpen(args[0], out var bundle, out var fault)) throw new InvalidDataException(fault);
Console.WriteLine(bundle.Manifest.Backbone.Items);
