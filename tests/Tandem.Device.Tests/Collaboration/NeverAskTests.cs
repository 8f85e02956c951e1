using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class NeverAskTests : RequestPolicyContract
{
    internal override IRequestPolicy Create() => new NeverAsk();

    [Fact]
    public void It_never_asks() => Assert.DoesNotContain(Situations, s => Create().Start().Decide(s).Ask);
}
