namespace Tandem.Cloud.Experiments;

/// <summary>Whether experiments fit together and to the models that are served.</summary>
internal static class ExperimentCheck
{
    /// <summary>Every fault.</summary>
    /// <param name="experiments">Of one service.</param>
    /// <param name="models">Names of its models.</param>
    public static IEnumerable<string> Validate(IReadOnlyList<Experiment> experiments, IReadOnlyCollection<string> models)
    {
        foreach (var fault in experiments.SelectMany(experiment => experiment.Validate())) yield return fault;
        foreach (var twice in experiments.GroupBy(experiment => experiment.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"the name '{twice.Key}' comes {twice.Count()} times; names differ";
        foreach (var arm in experiments.SelectMany(experiment => experiment.Arms))
        {
            if (arm.Model is { } model && !models.Contains(model))
                yield return $"the arm {arm.Name} has the model '{model}', which is not served";
        }

        (string Name, Func<Arm, bool> IsSet)[] parts =
        [
            ("a model", arm => arm.Model is not null), ("a rule for asking", arm => arm.Rules?.Request is not null),
            ("a fusion", arm => arm.Rules?.Fusion is not null), ("rules of collaboration", arm => arm.Rules?.Collaboration is not null),
        ];
        foreach (var (name, isSet) in parts)
        {
            var setting = experiments.Where(experiment => experiment.Arms.Any(isSet)).Select(experiment => experiment.Name).ToArray();
            if (setting.Length > 1) yield return $"{string.Join(" and ", setting)} set {name}; one experiment at a time can";
        }
    }
}
