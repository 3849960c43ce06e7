/* The life of a Keep that a tenant provisions: Empty, Granted, Ready, Running, Ended (src/keep/exec/provision).

   Two tenants and a stranger come as often as they like, with whatever frames in whatever order, and break off when they like;
   one tenant may have two connections. The host opens and shuts every connection, brings the right package or another,
   lets time run out and kills the Keep at each step. What is cryptography elsewhere is believed here: a connection has the
   key that it showed. Tried by tools/prove.py, as expected.toml says. */

#define most_visits 2   /* to an empty Keep; 16 in the code, and each is like the one before */
#define visitors 4
#define none 4         /* no connection: nothing ever comes on it */
#define nobody 0

mtype:state = { Empty, Granted, Ready, Running, Ended }
mtype:frame = { request, grant, start, attach, stop, stream, junk, gone }

mtype:state state = Empty;
byte key_of[visitors];          /* what each connection shows: nobody, or tenant 1, 2 */
chan door[2] = [0] of { byte };  /* the second is nobody's: a door that is shut */
chan line[5] = [0] of { mtype:frame };
hidden byte came; hidden mtype:frame what; /* used in the step that sets them */
chan over[5] = [0] of { bool }; /* the Keep ends a connection */

/* What the claims speak of. No step of the Keep looks at these, but at what is the Keep's own below. */
byte visits; byte grants;
byte tenant = 3;                /* whose the Keep became; 3: nobody's yet */
bool served[3];                 /* whose frames it has obeyed, or to whom it has sent streams */
bool started;                   /* by the tenant, who remembers evidence of purpose `ready` on that connection */
bool refused;                   /* a grant was refused */
bool returned;                  /* a tenant has come back to what runs */
mtype:state asked_in[visitors]; /* state at the connection's last answer */
bool was_asked[visitors];

ltl one_tenant     { [] (!served[nobody] && !(served[1] && tenant != 1) && !(served[2] && tenant != 2)) }
ltl started_first  { [] (state == Running -> started) }
ltl one_grant      { [] (grants <= 1) }
ltl refusal_ends   { [] (refused -> [] (grants == 0 && (state == Ended || state == Empty))) }
ltl ended_stays    { [] (state == Ended -> [] (state == Ended)) }
ltl never_empty    { [] (state != Empty -> [] (state != Empty)) }
ltl few_visits     { [] (visits <= most_visits) }
ltl goes_on        { [] (state == Granted -> <> (state == Ready || state == Ended)) }
ltl starts         { [] !(state == Running) } /* has to be false: a Keep does run */
ltl comes_back     { [] !(state == Running && returned) } /* has to be false */
proctype Visitor(byte me) {
end_outside:
    door[0]!me;
    do
    :: atomic { line[me]!request -> asked_in[me] = state; was_asked[me] = true }
    :: line[me]!grant
    :: line[me]!start
    :: line[me]!attach
    :: line[me]!stop
    :: line[me]!stream
    :: line[me]!junk
    :: line[me]!gone -> break
    :: over[me]?_ -> break
    od;
    atomic { was_asked[me] = false; asked_in[me] = Empty }
    goto end_outside
}

#define whose(v) key_of[v]
#define owns(v) (whose(v) == owner)

active proctype Keep() {
    byte at = none;             /* the tenant's connection, or who may become its */
    byte guest = none;          /* somebody else, while the application runs */
    byte owner = nobody;        /* whose the grant was */
    bool answered;              /* on the connection that is being heard */
    bool keys = true;           /* the recipient keys are there */

next:
    if
    :: visits == most_visits -> goto ended
    :: visits < most_visits -> door[0]?at; visits++; answered = false
    :: goto ended
    fi;
    do
    :: atomic { line[at]?what ->
        if
        :: what == request && !answered -> answered = true
        :: what == grant && answered && keys && whose(at) != nobody -> break
        :: what == grant && answered -> keys = false; refused = true; over[at]!true; goto ended
        :: what == gone -> goto next
        :: else -> over[at]!true; goto next
        fi }
    :: true -> over[at]!true; goto next    /* his time is over */
    :: goto ended                            /* the host turns it off; so below, wherever a step leads there */
    od;
    atomic { keys = false; owner = whose(at); tenant = owner; grants++; state = Granted }

    /* The package: as it was granted, from the host or the grantor; or another one, damaged, or none. */
    if
    :: state = Ready
    :: goto ended
    fi;

    /* The grantor is heard first, then whoever comes. */
    answered = false;
    do
    :: atomic { line[at]?what ->
        if
        :: what == request && !answered -> answered = true
        :: what == start && answered && owns(at) -> break
        :: what == gone -> at = none
        :: else -> over[at]!true; at = none
        fi }
    :: atomic { door[at != none]?came -> at = came; answered = false }
    :: true -> goto ended                    /* the grantor's time is over */
    od;
    atomic {
        started = (was_asked[at] && asked_in[at] == Ready && key_of[at] == tenant);
        state = Running; served[whose(at)] = true
    }

    do
    :: atomic { line[at]?what ->
        if
        :: what == stream -> served[whose(at)] = true
        :: what == stop -> served[whose(at)] = true; goto ended
        :: what == gone -> at = none
        :: else -> over[at]!true; at = none
        fi }
    :: at != none -> served[whose(at)] = true /* the application writes */
    :: atomic { door[guest != none]?came -> guest = came; answered = false }
    :: atomic { line[guest]?what ->
        if
        :: what == request -> answered = true
        :: (what == attach || what == start) && answered && owns(guest) ->
            if
            :: at != none -> over[at]!true
            :: else
            fi;
            at = guest; guest = none; returned = true;
            served[whose(at)] = true         /* what was written meanwhile */
        :: what == gone -> guest = none
        :: else -> over[guest]!true; guest = none
        fi }
    :: goto ended                            /* the application ends */
    od;

ended:
    state = Ended
}

init {
    atomic {
        key_of[1] = 1; key_of[2] = 1; key_of[3] = 2;
        run Visitor(0); run Visitor(1); run Visitor(2); run Visitor(3)
    }
}
