using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Tandem.Chat.Calls;
using Tandem.Chat.Clients;

namespace Tandem.Chat.Tests.Clients;

public class ChatClientsTests
{
    private static readonly ChatMessage[] _messages = [new(ChatRole.System, "s"), new(ChatRole.User, """{"candidates":[]}""")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ChatServerKind.OpenAI)]
    [InlineData(ChatServerKind.Ollama)]
    public async Task The_key_comes_from_the_variable_that_is_named(ChatServerKind kind)
    {
        var variable = $"TANDEM_TEST_KEY_{kind}";
        await using var server = await StubServer.StartAsync(_ => Behaviour.Right);
        var options = server.Options(kind) with { KeyVariable = variable };
        var e = Assert.Throws<ChatOptionsException>(() => ChatClients.Open(options, "stub"));
        Assert.Contains(variable, e.Message, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(variable, "k-1");
        using var client = ChatClients.Open(options, "stub");
        await client.GetResponseAsync(_messages, cancellationToken: Cancel);
        Assert.Equal("Bearer k-1", server.LastAuthorization);
    }

    [Fact]
    public async Task A_client_tries_once()
    {
        await using var server = await StubServer.StartAsync(_ => Behaviour.Error);
        foreach (var kind in Enum.GetValues<ChatServerKind>())
        {
            using var client = ChatClients.Open(server.Options(kind), "stub");
            var e = await Assert.ThrowsAnyAsync<Exception>(() => client.GetResponseAsync(_messages, cancellationToken: Cancel));
            Assert.Equal(ChatFault.Unavailable, ChatAttempt.Of(e).Fault);
        }

        Assert.Equal(2, server.Calls);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Sun, 01 Mar 2026 12:00:30 GMT", 30)]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", 0)]
    [InlineData("soon", null)]
    public async Task When_to_come_again_is_read_in_seconds_and_as_a_date(string header, int? seconds)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var e = await Assert.ThrowsAsync<ChatServerException>(() => SendAsync(time, () =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            response.Headers.TryAddWithoutValidation("Retry-After", header);
            return response;
        }));
        Assert.Equal(seconds, e.RetryAfter?.TotalSeconds);
        Assert.Equal(HttpStatusCode.TooManyRequests, e.StatusCode);
    }

    [Theory]
    [InlineData(HttpStatusCode.Found, ChatFault.Refused, false)]
    [InlineData(HttpStatusCode.NotFound, ChatFault.Refused, false)]
    [InlineData(HttpStatusCode.TooManyRequests, ChatFault.Limited, true)]
    [InlineData(HttpStatusCode.RequestTimeout, ChatFault.Unavailable, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, ChatFault.Unavailable, true)]
    public async Task A_status_says_whether_it_is_worth_asking_again(HttpStatusCode status, ChatFault fault, bool isTransient)
    {
        var e = await Assert.ThrowsAsync<ChatServerException>(() => SendAsync(TimeProvider.System, () => new(status)));
        var attempt = ChatAttempt.Of(new InvalidOperationException("a client's own", e));
        Assert.Equal((fault, isTransient), (attempt.Fault, attempt.IsTransient));
    }

    [Fact]
    public async Task An_answer_without_an_end_is_cut()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(
            TimeProvider.System, () => new(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream()) }));
    }

    private static async Task<HttpResponseMessage> SendAsync(TimeProvider time, Func<HttpResponseMessage> answer)
    {
        using var invoker = new HttpMessageInvoker(new ServerStatus(new Answering(answer), time));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost/");
        return await invoker.SendAsync(request, Cancel);
    }

    private sealed class Answering(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer());
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
