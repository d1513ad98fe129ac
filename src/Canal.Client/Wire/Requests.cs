namespace Canal.Client.Wire;

/// <summary>Names of the requests in messages.</summary>
internal static class Requests
{
    public const string Connect = "the connection", Login = "CLIENTAUTHENTICATION", Subscribe = "SUBSCRIPTION", Unsubscribe = "UNSUBSCRIPTION", Get = "GET", Probe = "CLIENTACK";
}
