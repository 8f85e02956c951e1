using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class AlwaysAskTests : RequestPolicyContract
{
    internal override IRequestPolicy Create() => new AlwaysAsk();

    [Fact]
    public void It_always_asks() => Assert.All(Situations, s => Assert.True(Create().Start().Decide(s).Ask));
}
