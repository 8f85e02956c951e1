namespace Tandem.Device.Sessions;

/// <summary>
/// A lock whose waiters get it in the order of their coming: a released lock goes to the first of them, so that no thread waits for more
/// than what stood before it. The runtime's own locks let a thread that releases and comes back overtake those that sleep, for as long as
/// 100 ms. Free, it costs two atomic operations and allocates nothing.
/// </summary>
/// <remarks>It is not to be entered twice by one thread: what runs under it is told so by an exception.</remarks>
internal sealed class FairLock
{
    private const int Free = 0;
    private const int Held = 1;
    private const int Awaited = 2;      // held, and somebody is in the queue

    [ThreadStatic]
    private static Waiter? _ofThread;   // a thread waits for one lock at a time

    private readonly Lock _queue = new();
    private Waiter? _first;
    private Waiter? _last;
    private int _state;
    private int _owner;                 // managed thread id; 0 for nobody

    /// <summary>Waits for its turn. Disposing of what is returned lets the next one in.</summary>
    /// <param name="ifHeld">What to say where this thread is in already.</param>
    /// <exception cref="InvalidOperationException">This thread is in already.</exception>
    public Turn Enter(string ifHeld)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref _owner) == thread) throw new InvalidOperationException(ifHeld);
        if (Interlocked.CompareExchange(ref _state, Held, Free) != Free) Wait();
        Volatile.Write(ref _owner, thread);
        return new(this);
    }

    private void Wait()
    {
        var waiter = _ofThread ??= new();
        lock (_queue)
        {
            // Whoever holds it sees that it is awaited, and then must come through here to let go.
            if (Interlocked.Exchange(ref _state, Awaited) == Free)
            {
                Volatile.Write(ref _state, Held); // let go of in between, so nobody is in the queue
                return;
            }

            waiter.HasTurn = false;
            if (_first is null) _first = waiter;
            else _last!.Next = waiter;
            _last = waiter;
        }

        waiter.Await();
    }

    private void Exit()
    {
        Volatile.Write(ref _owner, 0);
        if (Interlocked.CompareExchange(ref _state, Free, Held) != Held) PassOn();
    }

    /// <summary>The lock stays held: the first in the queue has it now.</summary>
    private void PassOn()
    {
        lock (_queue)
        {
            var next = _first!;
            (_first, next.Next) = (next.Next, null);
            if (_first is null) Volatile.Write(ref _state, Held);
            next.Grant();
        }
    }

    /// <summary>A stay in the lock.</summary>
    public readonly ref struct Turn(FairLock held)
    {
        public void Dispose() => held.Exit();
    }

    private sealed class Waiter
    {
        private volatile bool _hasTurn;

        public Waiter? Next { get; set; }

        public bool HasTurn
        {
            get => _hasTurn;
            set => _hasTurn = value;
        }

        /// <summary>Most turns last microseconds, less than it takes to fall asleep and be woken.</summary>
        public void Await()
        {
            var spin = new SpinWait();
            while (!_hasTurn && !spin.NextSpinWillYield) spin.SpinOnce();
            var interrupted = false;
            lock (this)
            {
                while (!_hasTurn) interrupted |= !TrySleep();
            }

            if (interrupted) Thread.CurrentThread.Interrupt(); // its next wait is told: a turn that nobody takes would stop all others
        }

        public void Grant()
        {
            lock (this)
            {
                _hasTurn = true;
                Monitor.Pulse(this);
            }
        }

        private bool TrySleep()
        {
            try
            {
                Monitor.Wait(this);
                return true;
            }
            catch (ThreadInterruptedException)
            {
                return false;
            }
        }
    }
}
